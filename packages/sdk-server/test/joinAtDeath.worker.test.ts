import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Peer } from '../src/core/types.js';
import { Guest, type GuestOptions } from './support/Guest.js';
import { socketServer, type SocketServer } from './support/socketServer.js';
import { killWorker, LOCAL_MEDIA, watchWorkers, type WatchedWorkers } from './support/workers.js';

/** A worker that dies while somebody comes in: over real sockets, on real workers. */

type Topology = GuestOptions['topology'];

/** How far a join has got when the worker is killed, or so many turns of the event loop later. */
const MOMENTS = [
  'joinRoom is asked for',
  'the application is asked',
  'it is in',
  'its first transport is there',
  'both of its transports are there',
  'connectWebRtcTransport is asked for',
  'produce is asked for',
  'subscribe is asked for',
] as const;
const TURNS = [0, 2];
type Moment = (typeof MOMENTS)[number];

let watched: WatchedWorkers;
let server: SocketServer;
let guests: Map<string, Guest>;
let stays: Promise<void>[];
/** The newcomer, carol, has come so far. */
let reached: (moment: string) => void;

beforeEach(async () => {
  watched = watchWorkers();
  guests = new Map();
  stays = [];
  reached = () => undefined;
  const onJoin = ({ peerId }: { peerId: string }) => {
    if (peerId === 'carol') reached('the application is asked');
  };
  server = await socketServer({ media: LOCAL_MEDIA, topology: 'auto', hooks: { onJoin } });
  server.parlor.rooms.on('opened', (room) => {
    room.on('peerJoined', ({ id }) => {
      if (id === 'carol') reached('it is in');
    });
    room.on('transportCreated', (_transport, { id, transports }) => {
      if (id === 'carol')
        reached(transports.size === 1 ? 'its first transport is there' : 'both of its transports are there');
    });
  });
});
afterEach(async () => {
  for (const guest of guests.values()) guest.leave();
  await Promise.all(stays);
  await server.close();
  watched.stop();
  expect(watched.routers.size + watched.transports.size + watched.producers.size).toBe(0);
});

function enter(peerId: string, topology: Topology): Guest {
  const onAsked = (method: string) => {
    if (peerId === 'carol') reached(`${method} is asked for`);
  };
  const guest = new Guest({ server, peerId, topology, onAsked });
  guests.set(peerId, guest);
  stays.push(guest.stay());
  return guest;
}

/** Resolves when the worker is dead, at that moment of carol's join. */
const killAt = (moment: Moment, turns: number): Promise<void> =>
  new Promise((resolve, reject) => {
    reached = (now) => {
      if (now !== moment) return;
      reached = () => undefined;
      kill(turns).then(resolve, reject);
    };
  });

async function kill(turns: number): Promise<void> {
  for (let left = turns; left > 0; left -= 1) await turn();
  await killWorker(watched);
}

interface Seen {
  readonly transports: number;
  /** Publications whose media the server has. */
  readonly sends: number;
  /** From whom. */
  readonly receives: readonly string[];
}

const seen = ({ transports, producers, consumers }: Peer): Seen => ({
  transports: transports.size,
  sends: [...producers.values()].filter(({ pending }) => !pending).length,
  receives: [...consumers.values()].map(({ producer }) => producer.peer.id).sort(),
});

/** Everybody's media is where the room has it. */
async function expectWhole(topology: 'sfu' | 'p2p', names: readonly string[]): Promise<void> {
  const of = (name: string): Seen =>
    topology === 'p2p'
      ? { transports: 0, sends: 1, receives: [] }
      : { transports: 2, sends: 1, receives: names.filter((other) => other !== name) };
  const look = () => {
    const room = server.parlor.rooms.get('room');
    return {
      topology: room?.topology,
      publications: room?.producers.size,
      peers: Object.fromEntries([...(room?.peers.values() ?? [])].map((peer) => [peer.id, seen(peer)])),
    };
  };
  const whole = {
    topology,
    publications: names.length,
    peers: Object.fromEntries(names.map((name) => [name, of(name)])),
  };
  await Promise.race([expect.poll(look, { timeout: 30_000 }).toEqual(whole), ...stays]);
}

/** What the others have heard of who comes and goes, and of publications that end. */
const heardOf = ({ told }: Guest): string[] =>
  told.flatMap(({ method, data }) =>
    method === 'peerJoined' || method === 'peerLeft' || method === 'producerClosed'
      ? [`${method} ${String(data?.['peerId'])}`]
      : [],
  );

interface Arrival {
  readonly who: string;
  readonly there: readonly string[];
  readonly topology: Topology;
}

const ARRIVALS: readonly Arrival[] = [
  { who: 'the third of a room on the server', there: ['alice', 'bob'], topology: 'sfu' },
  { who: 'the one for whom a room goes to the server', there: ['alice', 'bob'], topology: 'auto' },
  { who: 'one who cannot change over', there: ['alice', 'bob'], topology: undefined },
  { who: 'the first of a room', there: [], topology: 'sfu' },
];

for (const { who, there, topology } of ARRIVALS)
  describe(`the worker is killed while ${who} comes in,`, () => {
    for (const moment of MOMENTS)
      for (const turns of TURNS)
        test(`when ${moment}, ${String(turns)} turns later`, async () => {
          for (const name of there) enter(name, topology ?? 'sfu');
          if (there.length > 0) await expectWhole(topology === 'auto' ? 'p2p' : 'sfu', there);
          const before = there.map((name) => heardOf(guests.get(name)!).length);
          const killed = killAt(moment, turns);
          const carol = enter('carol', topology);
          await Promise.race([killed, ...stays]);
          await expectWhole('sfu', [...there, 'carol']);

          const { size } = guests;
          const inWorker = [watched.routers.size, watched.transports.size, watched.producers.size];
          expect(inWorker).toEqual([1, 2 * size, size]);
          for (const [index, name] of there.entries()) {
            const guest = guests.get(name)!;
            expect(guest.setbacks).toEqual([]);
            const heard = heardOf(guest).slice(before[index]);
            if (topology) expect(heard).toEqual(['peerJoined carol']);
            else expect(heard.filter((line) => !line.endsWith(' carol'))).toEqual([]);
          }
          if (topology) expect(carol.setbacks).toEqual([]);
          else expect([[], ['MEDIA_SERVER_DIED']]).toContainEqual(carol.setbacks);
        });
  });
