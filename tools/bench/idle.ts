import type { RelayPeersMethods } from './arms/relayPeers.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import type { Detail, Measurement } from './harness/result.js';
import { summarize } from './harness/statistics.js';
import { judge, type Bound } from './harness/verdict.js';
import { opened, PARLOR, PEER_JS, PEER_SIGNAL, SOCKET_IO, type RelayArm } from './relayArms.js';

const IDLE_CLIENTS = 1000;
const IDLE_ROUNDS = 4;

/** Who waits where, and what our own may take of the others. */
const IDLE: { name: string; arm: RelayArm; bound?: Bound }[] = [
  { name: 'Parlor', arm: PARLOR },
  { name: 'PeerJS', arm: PEER_JS, bound: { atMost: 1.1 } },
  { name: 'Socket.IO', arm: SOCKET_IO, bound: { atMost: 0.5 } },
  { name: 'Parlor over Socket.IO', arm: PEER_SIGNAL },
];

/** What a client costs that only waits. */
export const idle: Bench = {
  name: 'idle',
  about: `resident memory of the server process for each of ${String(IDLE_CLIENTS)} clients that wait, Parlor / servers of PeerJS and on Socket.IO`,
  async run() {
    const measurements: Measurement[] = [];
    const details: Detail[] = [];
    const taken = await idleMemory();
    const ours = taken.get('Parlor') ?? [];
    for (const { name, bound } of IDLE) {
      const theirs = taken.get(name) ?? [];
      details.push({ name, unit: 'kB', value: summarize(theirs) });
      if (!bound) continue;
      const value = summarize(theirs.map((kB, round) => (ours[round] ?? NaN) / kB));
      const bounds = { goal: bound, gate: bound };
      const verdict = judge(value.median, bounds);
      measurements.push({ name: `Parlor / ${name}`, unit: 'x', value, ...bounds, verdict });
    }
    return { measurements, details };
  },
};

/** By name and round: kilobytes (1024) for each client. */
async function idleMemory(): Promise<Map<string, number[]>> {
  const taken = new Map<string, number[]>(IDLE.map(({ name }) => [name, []]));
  for (let round = 0; round < IDLE_ROUNDS; round++)
    for (const { name, arm } of IDLE) taken.get(name)?.push(await idleMemoryOf(arm));
  return taken;
}

/** What each of many clients adds to a process that has as many already and what it needs for them. */
async function idleMemoryOf(arm: RelayArm): Promise<number> {
  const peers = await ArmProcess.start<RelayPeersMethods>('arms/relayPeers.ts');
  const { process, wire, address } = await opened(arm);
  try {
    await peers.call('connect', { name: 'first', wire, ...address, count: IDLE_CLIENTS });
    const before = await process.call('memory');
    await peers.call('connect', { name: 'idle', wire, ...address, count: IDLE_CLIENTS });
    return ((await process.call('memory')) - before) / 1024 / IDLE_CLIENTS;
  } finally {
    await peers.stop();
    await process.stop();
  }
}
