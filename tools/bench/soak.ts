import { setTimeout as delay } from 'node:timers/promises';
import type { ParlorClientsMethods } from './arms/parlorClients.js';
import type { ParlorServerMethods } from './arms/parlorServer.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import type { Detail, Measurement } from './harness/result.js';
import { median, summarize } from './harness/statistics.js';
import { judge, type Bound } from './harness/verdict.js';

const PEERS = 5;
const ROOMS_A_LAP = 20;
/** The compilers are done, and the server remembers as many rooms as it will. */
const WARM_UPS = 6;
const LAPS = 12;
const IDLE_MS = 2000;
interface Bounds {
  goal: Bound;
  gate: Bound;
}

/** There is no other process to compare with: the machine itself may get slower meanwhile. */
const cpu: Bounds = { goal: { atMost: 1.1 }, gate: { atMost: 1.25 } };
const memory: Bounds = { goal: { atMost: 1.05 }, gate: { atMost: 1.15 } };
const JOINS = PEERS * ROOMS_A_LAP;

/** What a lap took, and what is there after it, when nobody is. */
interface Lap {
  nodeMs: number;
  workerMs: number;
  heap: number;
  node: number;
  worker: number;
}

interface Curve {
  name: string;
  unit: string;
  bounds: Bounds;
  of: (lap: Lap) => number;
}

const CURVES: readonly Curve[] = [
  { name: 'Node CPU of a join', unit: 'ms', bounds: cpu, of: ({ nodeMs }) => nodeMs / JOINS },
  { name: 'worker CPU of a join', unit: 'ms', bounds: cpu, of: ({ workerMs }) => workerMs / JOINS },
  { name: 'heap when all have left', unit: 'MiB', bounds: memory, of: ({ heap }) => heap / 2 ** 20 },
  { name: 'resident Node process', unit: 'MiB', bounds: memory, of: ({ node }) => node / 2 ** 20 },
  { name: 'resident worker', unit: 'MiB', bounds: memory, of: ({ worker }) => worker / 2 ** 20 },
];

/** Whether joins and leaves cost the same, and leave as much behind, however many there have been. */
export const soak: Bench = {
  name: 'soak',
  about: `${String(LAPS * JOINS)} joins and leaves in ${String(LAPS * ROOMS_A_LAP)} rooms: the last third of them / the first third`,
  async run() {
    const server = await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts');
    const clients = await ArmProcess.start<ParlorClientsMethods>('arms/parlorClients.ts');
    try {
      const address = await server.call('open', {});
      let rooms = 0;
      const lap = async (): Promise<Lap> => {
        await server.call('start', {});
        for (let room = 0; room < ROOMS_A_LAP; room++) {
          const roomId = `room-${String(++rooms)}`;
          await clients.call('fill', { ...address, roomId, peers: PEERS, arrival: 'allAtOnce' });
          await clients.call('leave');
        }
        const { nodeMs, workerMs } = await server.call('stop');
        return { nodeMs, workerMs, ...(await server.call('memory')) };
      };
      /** Milliseconds of CPU a second. */
      const idle = async (): Promise<number> => {
        await server.call('start', {});
        await delay(IDLE_MS);
        const { nodeMs, workerMs } = await server.call('stop');
        return ((nodeMs + workerMs) * 1000) / IDLE_MS;
      };
      for (let count = 0; count < WARM_UPS; count++) await lap();
      const idleBefore = await idle();
      const laps: Lap[] = [];
      for (let count = 0; count < LAPS; count++) laps.push(await lap());
      const idleAfter = await idle();
      return {
        measurements: CURVES.map((curve) => measurementOf(curve, laps)),
        details: [
          ...CURVES.flatMap((curve) => detailsOf(curve, laps)),
          { name: 'CPU of the idle server, before', unit: 'ms a second', value: summarize([idleBefore]) },
          { name: 'CPU of the idle server, after', unit: 'ms a second', value: summarize([idleAfter]) },
        ],
      };
    } finally {
      await clients.stop();
      await server.stop();
    }
  },
};

const thirds = (laps: readonly Lap[], of: Curve['of']): { first: number[]; last: number[] } => {
  const third = Math.floor(laps.length / 3);
  return { first: laps.slice(0, third).map(of), last: laps.slice(-third).map(of) };
};

function measurementOf({ name, bounds, of }: Curve, laps: readonly Lap[]): Measurement {
  const { first, last } = thirds(laps, of);
  const base = median(first);
  const value = summarize(last.map((each) => each / base));
  return { name, unit: 'x', value, ...bounds, verdict: judge(value.median, bounds) };
}

function detailsOf({ name, unit, of }: Curve, laps: readonly Lap[]): Detail[] {
  const { first, last } = thirds(laps, of);
  return [
    { name: `${name}, first third`, unit, value: summarize(first) },
    { name: `${name}, last third`, unit, value: summarize(last) },
  ];
}
