import { afterEach, beforeEach, expect, test } from 'vitest';
import { socketServer, type SocketServer } from '../support/socketServer.js';
import { LOCAL_MEDIA, watchWorkers, type WatchedWorkers } from '../support/workers.js';
import { Caller } from './Caller.js';
import { growth, growthOf, look, takeCensus } from './census.js';
import { Dice } from './Dice.js';
import { ALWAYS, ANYWHERE, ON_SERVER, type Happening } from './happenings.js';

/** An hour of a call of four, in which something happens to each of them every two seconds, as fast as it can happen. */

const CALLERS = 4;
const HOUR = 1800;
/** A warm-up, after which everything has happened and what is kept for a while is full. */
const BEFORE = 300;
const CHANGES = ['p2p', 'sfu', 'there and back', 'p2p', 'auto'] as const;

const ROOM = {
  RoomImpl: 1,
  TopologyKeeper: 1,
  RoomRouter: 1,
  RouterImpl: 1,
  PeerImpl: CALLERS,
  ProtooSession: CALLERS,
  History: CALLERS,
  Answers: CALLERS,
  SocketGuard: CALLERS,
  TransportImpl: 2 * CALLERS,
  WebRtcTransportImpl: 2 * CALLERS,
  MediasoupProducer: 2 * CALLERS,
  MediasoupConsumer: 2 * CALLERS * (CALLERS - 1),
  // Both ends, and each has a Socket of Node.
  WebSocket: CALLERS,
  GuardedWebSocket: CALLERS,
};

let watched: WatchedWorkers;
let server: SocketServer;
beforeEach(async () => {
  watched = watchWorkers();
  server = await socketServer({
    media: LOCAL_MEDIA,
    socketLimits: { messagesPerSecond: 1e6, messageBurst: 1e6 },
  });
});
afterEach(async () => {
  await server.close();
  watched.stop();
});

/** The people of the call; some go, and others come. The first stays. */
class Call {
  readonly #dice = new Dice(5);
  #callers: Caller[] = [];
  #round = 0;
  #joined = 0;

  async begin(): Promise<void> {
    for (let index = 0; index < CALLERS; index += 1) this.#callers.push(await this.#join());
    await this.#calm();
  }

  async last(rounds: number): Promise<void> {
    for (const end = this.#round + rounds; this.#round < end; this.#round += 1) {
      if (this.#round % 30 === 29)
        await this.#change(CHANGES[Math.floor(this.#round / 30) % CHANGES.length] ?? 'auto');
      else if (this.#round % 90 === 45) await this.#replace();
      else await this.#happen(this.#topology === 'sfu' ? ON_SERVER : ANYWHERE);
    }
    await this.#change('auto');
    expect(this.#callers.flatMap(({ faults, line }) => [...faults, ...line.faults])).toEqual([]);
  }

  get #topology(): string | undefined {
    return this.#callers[0]?.topology;
  }

  #join(): Promise<Caller> {
    const peerId = `caller-${String((this.#joined += 1))}`;
    return Caller.join(
      { url: server.url.replace('http', 'ws'), roomId: 'room', peerId },
      { topology: 'auto' },
    );
  }

  async #happen(what: readonly Happening[]): Promise<void> {
    await Promise.all(this.#callers.map((caller) => this.#dice.pick(what)(caller, this.#dice)));
  }

  async #replace(): Promise<void> {
    const [caller] = this.#callers.splice(1, 1);
    await caller?.line.request('leave');
    await caller?.line.close();
    this.#callers.push(await this.#join());
    await this.#calm();
  }

  async #change(to: (typeof CHANGES)[number]): Promise<void> {
    const room = server.parlor.rooms.get('room');
    const change = async () => {
      if (to === 'there and back') await room?.setTopology(room.topology === 'p2p' ? 'sfu' : 'p2p');
      await room?.setTopology(to === 'there and back' ? 'sfu' : to);
    };
    await Promise.all([change(), this.#happen(ALWAYS)]);
    await this.#calm();
  }

  /** Everybody is where the room is, and receives everybody. */
  async #calm(): Promise<void> {
    const topology = server.parlor.rooms.get('room')?.topology;
    const others = 2 * (this.#callers.length - 1);
    await Promise.all(
      this.#callers.map((caller) =>
        caller.until(() => caller.topology === topology && caller.others.size === others && caller.isCalm),
      ),
    );
  }
}

test('an hour of a call', { timeout: 120_000 }, async () => {
  const [worker] = watched.workers;
  if (!worker) throw new Error('there is no worker');
  const call = new Call();
  const quiet = async () => {
    // Sockets end in their own time.
    await expect.poll(() => takeCensus(), { timeout: 20_000 }).toMatchObject(ROOM);
    const { channelMessageHandlers, routerIds } = await worker.dump();
    const { channelRequestHandlers, channelNotificationHandlers } = channelMessageHandlers;
    const inWorker = [routerIds, channelRequestHandlers, channelNotificationHandlers].map(
      ({ length }) => length,
    );
    return { ...look(worker.pid), inWorker };
  };

  await call.begin();
  await call.last(BEFORE);
  const first = await quiet();
  await call.last(HOUR / 2);
  const middle = await quiet();
  await call.last(HOUR / 2);
  const last = await quiet();

  for (const later of [middle, last]) {
    expect(later.inWorker).toEqual(first.inWorker);
    expect(growth(first.resources, later.resources, 0)).toEqual({});
  }
  const events = (CALLERS * HOUR) / 2;
  const { kinds, heap, worker: inWorker } = growthOf([first, middle, last], events / 100);
  const { '(entries)': entries = 0, ...objects } = kinds;
  expect(objects).toEqual({});
  // How much is kept for those who may have missed it goes up and down.
  expect(entries).toBeLessThan(events / 4);
  expect(heap / events).toBeLessThan(300);
  expect(inWorker / events).toBeLessThan(300);
});
