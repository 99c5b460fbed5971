import type { RelayPeersMethods } from './arms/relayPeers.js';
import type { RelayAddress, RelayServerMethods } from './arms/relayServer.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import { compare, type Comparison } from './harness/compare.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type ArmName } from './harness/rounds.js';
import { summarize, type Summary } from './harness/statistics.js';
import { judge, type Bound } from './harness/verdict.js';
import type { RelayWire } from './signalling/RelayClient.js';

const SIGNALS = 10_000;
const CLIENTS = 100;
const IDLE_CLIENTS = 1000;
const IDLE_ROUNDS = 3;
const IDLE_BOUND: Bound = { atMost: 11 };

interface Arm {
  source: string;
  wire: RelayWire;
}

const PARLOR: Arm = { source: 'arms/relayParlor.ts', wire: 'protoo' };
const PEER_SIGNAL: Arm = { source: 'arms/relayParlor.ts', wire: 'peerSignal' };
const PEER_JS: Arm = { source: 'arms/relayPeerJs.ts', wire: 'peerJs' };
const SOCKET_IO: Arm = { source: 'arms/relaySocketIo.ts', wire: 'socketIo' };

/** What is compared with what; without a bound it is told and not judged. */
const COMPARISONS: { name: string; candidate: Arm; baseline: Arm; bound?: Bound }[] = [
  { name: 'Parlor / PeerJS', candidate: PARLOR, baseline: PEER_JS, bound: { atMost: 1 } },
  { name: 'Parlor / Socket.IO', candidate: PARLOR, baseline: SOCKET_IO, bound: { atMost: 0.75 } },
  { name: 'Parlor over Socket.IO / Socket.IO', candidate: PEER_SIGNAL, baseline: SOCKET_IO },
];

/** What passing on an offer costs, and what a client costs that only waits. */
export const relay: Bench = {
  name: 'relay',
  about: `CPU of the server process for each offer that it passes on, ${String(CLIENTS)} clients, and memory of each of ${String(IDLE_CLIENTS)} that wait`,
  async run() {
    const measurements: Measurement[] = [];
    const details: Detail[] = [];
    for (const { name, candidate, baseline, bound } of COMPARISONS) {
      const compared = await compareRelays(candidate, baseline);
      const { ratio, control } = compared;
      if (bound) {
        const bounds = { goal: bound, gate: bound, control };
        measurements.push({ name, unit: 'x', value: ratio, ...bounds, verdict: judge(ratio.median, bounds) });
      } else details.push({ name, unit: 'x', value: ratio });
      const [of = '', by = ''] = name.split(' / ');
      details.push(
        { name: `${of} (against ${by})`, unit: 'µs per offer', value: compared.candidate },
        { name: by, unit: 'µs per offer', value: compared.baseline },
      );
    }
    for (const [name, arm] of [
      ['Parlor', PARLOR],
      ['PeerJS', PEER_JS],
      ['Parlor over Socket.IO', PEER_SIGNAL],
      ['Socket.IO', SOCKET_IO],
    ] as const) {
      const value = await idleMemory(arm);
      if (arm === PARLOR) {
        const bounds = { goal: IDLE_BOUND, gate: IDLE_BOUND };
        const verdict = judge(value.median, bounds);
        measurements.push({ name: 'idle client', unit: 'kB', value, ...bounds, verdict });
      } else details.push({ name: `idle client, ${name}`, unit: 'kB', value });
    }
    return { measurements, details };
  },
};

interface OpenServer {
  process: ArmProcess<RelayServerMethods>;
  wire: RelayWire;
  address: RelayAddress;
}

async function opened({ source, wire }: Arm): Promise<OpenServer> {
  const process = await ArmProcess.start<RelayServerMethods>(source);
  return { process, wire, address: await process.call('open', {}) };
}

async function compareRelays(candidate: Arm, baseline: Arm): Promise<Comparison> {
  const peers = await ArmProcess.start<RelayPeersMethods>('arms/relayPeers.ts');
  const servers: Record<ArmName, OpenServer> = {
    baseline: await opened(baseline),
    control: await opened(baseline),
    candidate: await opened(candidate),
  };
  try {
    for (const [name, { wire, address }] of Object.entries(servers))
      await peers.call('connect', { name, wire, ...address, count: CLIENTS });
    const cost = (name: ArmName) => async () => {
      const { process } = servers[name];
      await process.call('start', {});
      await peers.call('relay', { name, total: SIGNALS });
      const { nodeMs } = await process.call('stop');
      return (nodeMs * 1000) / SIGNALS;
    };
    const rounds = await runRounds(
      { baseline: cost('baseline'), control: cost('control'), candidate: cost('candidate') },
      { warmUps: 2, rounds: 5 },
    );
    return compare(rounds, (microseconds) => microseconds);
  } finally {
    await peers.stop();
    for (const { process } of Object.values(servers)) await process.stop();
  }
}

/** Kilobytes (1024) that each of many clients adds to a process that has as many already and what it needs for them. */
async function idleMemory(arm: Arm): Promise<Summary> {
  const perClient: number[] = [];
  for (let round = 0; round < IDLE_ROUNDS; round++) {
    const peers = await ArmProcess.start<RelayPeersMethods>('arms/relayPeers.ts');
    const { process, wire, address } = await opened(arm);
    try {
      await peers.call('connect', { name: 'first', wire, ...address, count: IDLE_CLIENTS });
      const before = await process.call('memory');
      await peers.call('connect', { name: 'idle', wire, ...address, count: IDLE_CLIENTS });
      perClient.push(((await process.call('memory')) - before) / 1024 / IDLE_CLIENTS);
    } finally {
      await peers.stop();
      await process.stop();
    }
  }
  return summarize(perClient);
}
