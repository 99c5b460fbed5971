import type { Memory } from './arms/meter.js';
import { joinArms, type JoinArms } from './fillArms.js';
import type { Bench } from './harness/Bench.js';
import { compare } from './harness/compare.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type RoundCounts } from './harness/rounds.js';
import { judge } from './harness/verdict.js';

interface Size extends RoundCounts {
  peers: number;
  /** How many are filled at a time: a small one is less than what a worker asks its system for at once. */
  rooms: number;
  /** What sockets and tokens take weighs more than media: reported, not judged. */
  isTiny?: boolean;
}

/** Smallest first: nobody leaves, so that none is made of what an earlier one gave back. */
const SIZES: readonly Size[] = [
  { peers: 2, rooms: 30, warmUps: 1, rounds: 3, isTiny: true },
  { peers: 10, rooms: 4, warmUps: 1, rounds: 3 },
  { peers: 30, rooms: 1, warmUps: 1, rounds: 2 },
  { peers: 100, rooms: 1, warmUps: 0, rounds: 1 },
];

const bounds = { goal: { atMost: 1.25 }, gate: { atMost: 1.4 } };

async function measure(arms: JoinArms, { peers, rooms, isTiny = false, ...counts }: Size) {
  const rounds = await runRounds(arms.holding(peers, rooms), counts);
  const figures = (what: string, of: (memory: Memory) => number) => {
    const { ratio, control, baseline, candidate } = compare(rounds, of);
    const details: Detail[] = [
      { name: `${what}, mediasoup alone`, unit: 'MB', value: baseline },
      { name: `${what}, Parlor`, unit: 'MB', value: candidate },
    ];
    return { ratio, control, details };
  };
  const of = `N=${String(peers)}`;
  const heap = figures(`${of} heap`, (memory) => memory.heap / 1e6);
  const worker = figures(`${of} worker`, (memory) => memory.worker / 1e6);
  const details = [...heap.details, ...worker.details];
  details.push({ name: `${of} worker, Parlor / mediasoup alone`, unit: 'x', value: worker.ratio });
  if (isTiny) {
    details.unshift({ name: `${of} heap, Parlor / mediasoup alone`, unit: 'x', value: heap.ratio });
    return { measurements: [], details };
  }
  const { ratio: value, control } = heap;
  const verdict = judge(value.median, { ...bounds, control });
  const measurement: Measurement = { name: `${of} heap`, unit: 'x', value, ...bounds, control, verdict };
  return { measurements: [measurement], details };
}

/** What rooms take on servers that people have joined over sockets. */
export const memoryRooms: Bench = {
  name: 'memory-rooms',
  about:
    'what a room takes while everybody is in it, who came as in `join`, after garbage collections: JavaScript heap, Parlor / a bare ws server that makes the same with mediasoup’s calls',
  async run() {
    const arms = await joinArms();
    try {
      const measurements: Measurement[] = [];
      const details: Detail[] = [];
      for (const size of SIZES) {
        const measured = await measure(arms, size);
        measurements.push(...measured.measurements);
        details.push(...measured.details);
      }
      return { measurements, details };
    } finally {
      await arms.stop();
    }
  },
};
