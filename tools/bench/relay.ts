import type { RelayPeersMethods } from './arms/relayPeers.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import { compare, type Comparison } from './harness/compare.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type ArmName } from './harness/rounds.js';
import { judge, type Bound } from './harness/verdict.js';
import {
  opened,
  PARLOR,
  PEER_JS,
  PEER_SIGNAL,
  SOCKET_IO,
  type OpenRelay,
  type RelayArm,
} from './relayArms.js';

const SIGNALS = 10_000;
const CLIENTS = 100;

/** What is compared with what; without a bound it is told and not judged. */
const COMPARISONS: { name: string; candidate: RelayArm; baseline: RelayArm; bound?: Bound }[] = [
  { name: 'Parlor / PeerJS', candidate: PARLOR, baseline: PEER_JS, bound: { atMost: 1 } },
  { name: 'Parlor / Socket.IO', candidate: PARLOR, baseline: SOCKET_IO, bound: { atMost: 0.75 } },
  { name: 'Parlor over Socket.IO / Socket.IO', candidate: PEER_SIGNAL, baseline: SOCKET_IO },
];

/** What passing on an offer costs. */
export const relay: Bench = {
  name: 'relay',
  about: `CPU of the server process for each offer that it passes on, ${String(CLIENTS)} clients`,
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
    return { measurements, details };
  },
};

async function compareRelays(candidate: RelayArm, baseline: RelayArm): Promise<Comparison> {
  const peers = await ArmProcess.start<RelayPeersMethods>('arms/relayPeers.ts');
  const servers: Record<ArmName, OpenRelay> = {
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
      { warmUps: 2, rounds: 6 },
    );
    return compare(rounds, (microseconds) => microseconds);
  } finally {
    await peers.stop();
    for (const { process } of Object.values(servers)) await process.stop();
  }
}
