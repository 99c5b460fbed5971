import type { RoomMethods } from './arms/rawConsume.js';
import { consumersIn } from './arms/media.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import { compare, type Comparison } from './harness/compare.js';
import { runRounds, type ArmName } from './harness/rounds.js';
import { judge, type Bound } from './harness/verdict.js';

const CONSUME = { peers: 20, goal: { atMost: 0.7 }, gate: { atMost: 0.85 } };
const MEMORY = { peers: 50, goal: { atMost: 1.25 }, gate: { atMost: 1.4 } };

/** What our rooms add to, or save of, mediasoup's own calls where there is no wire. */
export const consume: Bench = {
  name: 'consume',
  about: `Node CPU of each consumer in a room of ${String(CONSUME.peers)} without a wire, Parlor's rooms / mediasoup's calls with the capabilities of the router`,
  run: () =>
    compareRooms(CONSUME, {
      rounds: { warmUps: 20, rounds: 15 },
      unit: 'µs per consumer',
      async read(arm) {
        const { nodeMs } = await arm.call('fill', { peers: CONSUME.peers });
        return (nodeMs * 1000) / consumersIn(CONSUME.peers);
      },
    }),
};

/** What the objects of a room take. */
export const memory: Bench = {
  name: 'memory',
  about: `JavaScript heap of a room of ${String(MEMORY.peers)} who receive each other, after garbage collections, Parlor's rooms / mediasoup's objects alone`,
  run: () =>
    compareRooms(MEMORY, {
      rounds: { warmUps: 1, rounds: 5 },
      unit: 'kB per consumer',
      read: async (arm) =>
        (await arm.call('heap', { peers: MEMORY.peers })) / 1024 / consumersIn(MEMORY.peers),
    }),
};

interface Reading {
  readonly rounds: { warmUps: number; rounds: number };
  readonly unit: string;
  read(arm: ArmProcess<RoomMethods>): Promise<number>;
}

async function compareRooms(
  bounds: { goal: Bound; gate: Bound },
  { rounds: counts, unit, read }: Reading,
): ReturnType<Bench['run']> {
  const arms: Record<ArmName, ArmProcess<RoomMethods>> = {
    baseline: await ArmProcess.start<RoomMethods>('arms/rawConsume.ts'),
    control: await ArmProcess.start<RoomMethods>('arms/rawConsume.ts'),
    candidate: await ArmProcess.start<RoomMethods>('arms/sdkConsume.ts'),
  };
  try {
    const by = (name: ArmName) => () => read(arms[name]);
    const rounds = await runRounds(
      { baseline: by('baseline'), control: by('control'), candidate: by('candidate') },
      counts,
    );
    const compared: Comparison = compare(rounds, (value) => value);
    const { ratio: value, control, baseline, candidate } = compared;
    const { goal, gate } = bounds;
    const verdict = judge(value.median, { goal, gate, control });
    return {
      measurements: [{ name: 'Parlor / mediasoup', unit: 'x', value, goal, gate, control, verdict }],
      details: [
        { name: 'mediasoup alone', unit, value: baseline },
        { name: 'Parlor', unit, value: candidate },
      ],
    };
  } finally {
    for (const arm of Object.values(arms)) await arm.stop();
  }
}
