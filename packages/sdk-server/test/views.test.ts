import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleAudio } from '../src/testing/rtpSamples.js';
import { memoryServer, type MemoryServer } from './support/memoryServer.js';
import { rtpCapabilities } from './support/requests.js';
import { SlowBackend } from './support/SlowBackend.js';
import type { TestClient } from './support/TestClient.js';
import { View, type Asked } from './support/View.js';

/** Several clients and the host do what they like at the same time while the worker answers in any order. */

/** How often each is done, relative to the others. */
const DEEDS = {
  join: 4,
  leave: 1,
  disconnect: 1,
  produce: 8,
  closeProducer: 2,
  pauseProducer: 2,
  resumeProducer: 2,
  subscribe: 6,
  closeConsumer: 2,
  closeTransport: 1,
  hostRemoves: 1,
  hostMutes: 1,
  hostClosesProducer: 2,
  hostClosesRoom: 0.3,
  workerDies: 0.5,
  openPath: 3,
  carryOn: 3,
  workerAnswers: 24,
};
type What = keyof typeof DEEDS;
const what = fc.oneof(
  ...Object.entries(DEEDS).map(([name, often]) => ({
    weight: Math.round(often * 10),
    arbitrary: fc.constant(name as What),
  })),
);

interface Deed {
  who: number;
  what: What;
  which: number;
}

/** One of the clients, over all its connections. */
class Actor {
  client: TestClient | undefined;
  view: View;
  readonly #asked = new Map<number, Asked>();
  #read = 0;

  constructor(
    readonly server: MemoryServer,
    readonly peerId: string,
    /** Its client goes on when the media process of the room dies. */
    readonly followsPaths: boolean,
  ) {
    this.view = new View(peerId);
  }

  async join(): Promise<void> {
    if (!this.client || this.client.closeFrame) {
      this.client = await this.server.connect(this.peerId);
      this.view = new View(this.peerId);
      this.#read = 0;
      this.#asked.clear();
    }
    // While one is there the answer is an error, which is fine as well.
    this.ask('joinRoom', {
      roomId: 'room',
      peerId: this.peerId,
      rtpCapabilities,
      transports: ['send', 'recv'],
      ...(this.followsPaths && { topology: 'sfu', paths: true }),
    });
  }

  ask(method: string, data: Record<string, unknown> = {}): void {
    if (!this.client || this.client.closeFrame) return;
    const id = this.client.nextId();
    this.#asked.set(id, { method, data });
    this.client.send(JSON.stringify({ request: true, id, method, data }));
  }

  /** Reads what has come. */
  read(): void {
    const frames = this.client?.log.frames ?? [];
    for (const frame of frames.slice(this.#read)) {
      this.view.read(frame, frame.id === undefined ? undefined : this.#asked.get(frame.id));
    }
    this.#read = frames.length;
  }

  get isHere(): boolean {
    return this.view.inRoom && this.client?.closeFrame === undefined;
  }

  /** It waits for an answer, or the server still does something for a connection that it has lost. */
  isJoining(): boolean {
    this.read();
    return (
      this.unanswered().length > 0 || this.server.rooms.get('room')?.peers.has(this.peerId) === !this.isHere
    );
  }

  unanswered(): string[] {
    if (this.client?.closeFrame) return [];
    const answered = new Set((this.client?.log.frames ?? []).map(({ id }) => id));
    return [...this.#asked].filter(([id]) => !answered.has(id)).map(([, { method }]) => method);
  }
}

const nth = <T>(items: Iterable<T>, n: number): T | undefined => {
  const list = [...items];
  return list[n % Math.max(list.length, 1)];
};

async function act(actor: Actor, { what, which }: Deed, backend: SlowBackend): Promise<void> {
  const room = actor.server.rooms.get('room');
  const peer = room?.peers.get(actor.peerId);
  const { view } = actor;
  const ownProducer = nth(
    [...view.producers].filter(([, { peerId }]) => peerId === actor.peerId),
    which,
  )?.[0];
  switch (what) {
    case 'join':
      return actor.join();
    case 'leave':
      actor.ask('leave');
      return;
    case 'disconnect':
      actor.client?.disconnect();
      return;
    case 'produce':
      actor.ask('produce', { kind: 'audio', rtpParameters: sampleAudio(), appData: {} });
      return;
    case 'closeProducer':
    case 'pauseProducer':
    case 'resumeProducer':
      if (ownProducer !== undefined) actor.ask(what, { producerId: ownProducer });
      return;
    case 'openPath':
      if (actor.followsPaths) actor.ask(what, { path: view.path, transports: ['send', 'recv'] });
      return;
    case 'carryOn':
      if (actor.followsPaths && ownProducer !== undefined)
        actor.ask('produce', { kind: 'audio', rtpParameters: sampleAudio(), producerId: ownProducer });
      return;
    case 'subscribe': {
      const producerIds = [...view.producers.keys()];
      if (producerIds.length > 0) actor.ask('subscribe', { producerIds });
      return;
    }
    case 'closeConsumer': {
      const consumerId = nth(view.consumers.keys(), which);
      if (consumerId !== undefined) actor.ask('closeConsumer', { consumerId });
      return;
    }
    case 'closeTransport': {
      const transportId = nth(peer?.transports.keys() ?? [], which);
      if (transportId !== undefined) actor.ask('closeTransport', { transportId });
      return;
    }
    case 'hostRemoves':
      peer?.remove();
      return;
    case 'hostMutes':
      await nth(room?.producers.values() ?? [], which)?.pause();
      return;
    case 'hostClosesProducer':
      nth(room?.producers.values() ?? [], which)?.close();
      return;
    case 'hostClosesRoom':
      room?.close();
      return;
    case 'workerDies':
      backend.rooms.get('room')?.emit('died');
      return;
    case 'workerAnswers':
  }
}

/** For answers that do not come, ms. */
const PATIENCE = 5000;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('what clients believe', () => {
  test('is what is, whatever happens at the same time', { timeout: 60_000 }, async () => {
    const deeds = fc.array(fc.record({ who: fc.nat(2), what, which: fc.nat(10) }), {
      minLength: 5,
      maxLength: 100,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), deeds, fc.nat(3), async (scheduler, all, followers) => {
        const backend = new SlowBackend(scheduler);
        const server = memoryServer({ backend });
        const actors = ['alice', 'bob', 'carol'].map(
          (peerId, index) => new Actor(server, peerId, index >= followers),
        );
        const read = () => {
          for (const actor of actors) actor.read();
        };
        for (const deed of all) {
          const actor = actors[deed.who];
          if (actor) await act(actor, deed, backend);
          if (deed.what === 'workerAnswers' && scheduler.count() > 0) await scheduler.waitOne();
          await turn();
          read();
        }
        // The pacer waits for turns of the event loop, the worker for the scheduler: until neither has anything left.
        const deadline = performance.now() + PATIENCE;
        for (let idle = 0; idle < 3;) {
          if (scheduler.count() > 0) await scheduler.waitOne();
          await turn();
          // Tokens are signed outside of the event loop; what has not ended by then never does.
          const isWaiting = performance.now() < deadline && actors.some((actor) => actor.isJoining());
          idle = scheduler.count() > 0 || isWaiting ? 0 : idle + 1;
        }
        read();

        const room = server.rooms.get('room');
        for (const actor of actors) {
          expect(actor.unanswered()).toEqual([]);
          const peer = room?.peers.get(actor.peerId);
          expect({ [actor.peerId]: actor.isHere }).toEqual({ [actor.peerId]: peer !== undefined });
          if (!peer || !room) continue;
          expect(actor.view.peers).toEqual(
            new Set([...room.peers.keys()].filter((id) => id !== actor.peerId)),
          );
          // Whether one's own is paused one knows by oneself.
          const ofOthers = [...room.producers.values()].filter(
            ({ peer: owner, pending }) => owner !== peer && (actor.followsPaths || !pending),
          );
          const believed = [...actor.view.producers].filter(([, { peerId }]) => peerId !== actor.peerId);
          expect(new Map(believed)).toEqual(
            new Map(ofOthers.map(({ id, peer: { id: peerId }, paused }) => [id, { peerId, paused }])),
          );
          const own = [...actor.view.producers].filter(([, { peerId }]) => peerId === actor.peerId);
          expect(new Set(own.map(([id]) => id))).toEqual(new Set(peer.producers.keys()));
          // What came of a publication that is on its way has ended without a word: another one takes its place.
          const shown = [...actor.view.consumers].filter(
            ([, id]) => !room.producers.get(String(id))?.pending,
          );
          expect(new Set(shown.map(([id]) => id))).toEqual(new Set(peer.consumers.keys()));
        }
        expect(server.errors).toEqual([]);

        for (const { client } of actors) client?.disconnect();
        expect(server.rooms.size).toBe(0);
        expect(backend.rooms.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
