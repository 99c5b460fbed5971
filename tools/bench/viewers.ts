import type { ParlorServerMethods, RoomLimits } from './arms/parlorServer.js';
import type { Cost, Memory } from './arms/meter.js';
import type { ViewersMethods, Watched } from './arms/viewers.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import { compare } from './harness/compare.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type Round } from './harness/rounds.js';
import { summarize } from './harness/statistics.js';
import { judge, type Bound } from './harness/verdict.js';

const PEERS = 200;
const PUBLISHERS = 4;
const RUN_MS = 1500;
/** Who sees two of four, in small, and hears one of four. */
const ECONOMICAL = { room: { lastN: 2, maxAudible: 1 }, wish: { layer: 0 } };

interface Bounds {
  goal: Bound;
  gate: Bound;
}

/** Of what is published, 37 of 107 packets a second are looked at or heard, and an eighth of the bytes. */
const cpuBounds: Bounds = { goal: { atMost: 0.45 }, gate: { atMost: 0.6 } };
const bytesBounds: Bounds = { goal: { atMost: 0.25 }, gate: { atMost: 0.35 } };

interface Run extends Cost, Watched {}

/** A room of ours that is full, in a process of its own, and everybody in it in another. */
class FullRoom {
  static async open(room: RoomLimits, wish: { layer?: number }): Promise<{ full: FullRoom; memory: Memory }> {
    const server = await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts');
    const clients = await ArmProcess.start<ViewersMethods>('arms/viewers.ts');
    const address = await server.call('open', { room });
    const before = await server.call('memory');
    await clients.call('join', { ...address, peers: PEERS, publishers: PUBLISHERS, wish });
    const after = await server.call('memory');
    const memory = {
      heap: after.heap - before.heap,
      node: after.node - before.node,
      worker: after.worker - before.worker,
    };
    return { full: new FullRoom(server, clients), memory };
  }

  private constructor(
    private readonly server: ArmProcess<ParlorServerMethods>,
    private readonly clients: ArmProcess<ViewersMethods>,
  ) {}

  async run(): Promise<Run> {
    await this.server.call('start', {});
    const watched = await this.clients.call('run', { ms: RUN_MS });
    return { ...(await this.server.call('stop')), ...watched };
  }

  async stop(): Promise<void> {
    await this.clients.stop();
    await this.server.stop();
  }
}

function ratioOf(
  rounds: readonly Round<Run>[],
  { name, bounds, read }: { name: string; bounds: Bounds; read: (run: Run) => number },
): Measurement {
  const { ratio, control } = compare(rounds, read);
  return {
    name,
    unit: 'x',
    value: ratio,
    ...bounds,
    control,
    verdict: judge(ratio.median, { ...bounds, control }),
  };
}

function both(
  rounds: readonly Round<Run>[],
  { name, unit, read }: { name: string; unit: string; read: (run: Run) => number },
): Detail[] {
  const { baseline, candidate } = compare(rounds, read);
  return [
    { name: `${name}, everything`, unit, value: baseline },
    { name: `${name}, what is looked at`, unit, value: candidate },
  ];
}

const perSecond = (value: number): number => (value * 1000) / RUN_MS;

/** What it saves to forward only what is looked at, for each packet that is published: runs differ by a few frames. */
export const viewers: Bench = {
  name: 'viewers',
  about: `a room of ${String(PEERS)} of whom ${String(PUBLISHERS)} publish: two videos each in the lowest layer and the loudest microphone (lastN, maxAudible, preferred layers) / everything in the highest, for each packet that is published`,
  async run() {
    const baseline = await FullRoom.open({}, {});
    const control = await FullRoom.open({}, {});
    const candidate = await FullRoom.open(ECONOMICAL.room, ECONOMICAL.wish);
    const arms = [baseline, control, candidate];
    try {
      const rounds = await runRounds<Run>(
        {
          baseline: () => baseline.full.run(),
          control: () => control.full.run(),
          candidate: () => candidate.full.run(),
        },
        { warmUps: 1, rounds: 5 },
      );
      const memory = (name: string, of: (memory: Memory) => number): Detail[] => [
        { name: `${name}, everything`, unit: 'MB', value: summarize([of(baseline.memory) / 1e6]) },
        { name: `${name}, what is looked at`, unit: 'MB', value: summarize([of(candidate.memory) / 1e6]) },
      ];
      return {
        measurements: [
          ratioOf(rounds, {
            name: 'worker CPU',
            bounds: cpuBounds,
            read: ({ workerMs, published }) => workerMs / published,
          }),
          ratioOf(rounds, {
            name: 'bytes that clients receive',
            bounds: bytesBounds,
            read: ({ bytes, published }) => bytes / published,
          }),
        ],
        details: [
          ...both(rounds, {
            name: 'worker CPU',
            unit: 'ms a second',
            read: ({ workerMs }) => perSecond(workerMs),
          }),
          ...both(rounds, { name: 'Node CPU', unit: 'ms a second', read: ({ nodeMs }) => perSecond(nodeMs) }),
          ...both(rounds, {
            name: 'received',
            unit: 'Mbit/s',
            read: ({ bytes }) => perSecond(bytes * 8) / 1e6,
          }),
          ...both(rounds, {
            name: 'received',
            unit: 'packets a second',
            read: ({ packets }) => perSecond(packets),
          }),
          ...memory('heap of the full room', ({ heap }) => heap),
          ...memory('worker memory of the full room', ({ worker }) => worker),
        ],
      };
    } finally {
      await Promise.all(arms.map(({ full }) => full.stop()));
    }
  },
};
