import type { BroadcastPeersMethods } from './arms/broadcastPeers.js';
import type { RelayServerMethods } from './arms/relayServer.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import { compare, type Comparison } from './harness/compare.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type ArmName } from './harness/rounds.js';
import { judge, type Bound } from './harness/verdict.js';

const RECIPIENTS = 500;
const MESSAGES = 40;

/** What is compared with what, and how many messages are said in a go; without a bound it is told and not judged. */
const COMPARISONS: { of: string; baseline: string; atOnce: number; bound?: Bound }[] = [
  { of: 'ws that prints for each', baseline: 'arms/broadcastWs.ts', atOnce: 1, bound: { atMost: 0.8 } },
  { of: 'protoo', baseline: 'arms/broadcastProtoo.ts', atOnce: 1, bound: { atMost: 0.6 } },
  { of: 'ws that prints for each, ten in a go', baseline: 'arms/broadcastWs.ts', atOnce: 10 },
];

/** What it costs to tell everybody of a large room something. */
export const broadcast: Bench = {
  name: 'broadcast',
  about: `CPU of the server process for each of the ${String(RECIPIENTS)} whom a message of one is told to`,
  async run() {
    const measurements: Measurement[] = [];
    const details: Detail[] = [];
    for (const { of, baseline, atOnce, bound } of COMPARISONS) {
      const compared = await compareBroadcasts(baseline, atOnce);
      const { ratio, control } = compared;
      const name = `Parlor / ${of}`;
      if (bound) {
        const bounds = { goal: bound, gate: bound, control };
        measurements.push({ name, unit: 'x', value: ratio, ...bounds, verdict: judge(ratio.median, bounds) });
      } else details.push({ name, unit: 'x', value: ratio });
      details.push(
        { name: `Parlor (against ${of})`, unit: 'µs per recipient', value: compared.candidate },
        { name: of, unit: 'µs per recipient', value: compared.baseline },
      );
    }
    return { measurements, details };
  },
};

async function compareBroadcasts(baseline: string, atOnce: number): Promise<Comparison> {
  const sources: Record<ArmName, string> = {
    baseline,
    control: baseline,
    candidate: 'arms/relayParlor.ts',
  };
  const peers = await ArmProcess.start<BroadcastPeersMethods>('arms/broadcastPeers.ts');
  const servers: Partial<Record<ArmName, ArmProcess<RelayServerMethods>>> = {};
  try {
    for (const [name, source] of Object.entries(sources) as [ArmName, string][]) {
      const server = await ArmProcess.start<RelayServerMethods>(source);
      servers[name] = server;
      await peers.call('connect', { name, ...(await server.call('open', {})), count: RECIPIENTS + 1 });
    }
    const cost = (name: ArmName) => async () => {
      await servers[name]?.call('start', {});
      await peers.call('tell', { name, messages: MESSAGES, atOnce });
      const spent = await servers[name]?.call('stop');
      return ((spent?.nodeMs ?? NaN) * 1000) / (MESSAGES * RECIPIENTS);
    };
    const rounds = await runRounds(
      { baseline: cost('baseline'), control: cost('control'), candidate: cost('candidate') },
      { warmUps: 2, rounds: 5 },
    );
    return compare(rounds, (microseconds) => microseconds);
  } finally {
    await peers.stop();
    for (const server of Object.values(servers)) await server.stop();
  }
}
