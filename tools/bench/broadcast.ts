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

interface Compared {
  of: string;
  baseline: string;
  /** How many messages are said in a go. */
  atOnce: number;
  goal: Bound;
  gate?: Bound;
}

const PRINTED = { of: 'ws that prints for each', baseline: 'arms/broadcastWs.ts', goal: { atMost: 0.8 } };
const PROTOO = { of: 'protoo', baseline: 'arms/broadcastProtoo.ts', goal: { atMost: 0.6 } };
/** Of messages that come alone nothing can be saved but what is done beside the write. */
const WRITTEN = {
  of: 'one frame written to all sockets',
  baseline: 'arms/broadcastSockets.ts',
  goal: { atMost: 1.15 },
  gate: { atMost: 1.3 },
};
const COMPARISONS: Compared[] = [
  { ...PRINTED, atOnce: MESSAGES },
  { ...PROTOO, atOnce: MESSAGES },
  { ...PRINTED, atOnce: 1 },
  { ...PROTOO, atOnce: 1 },
  { ...WRITTEN, atOnce: 1 },
];

/** What it costs to tell everybody of a large room something. */
export const broadcast: Bench = {
  name: 'broadcast',
  about: `CPU of the server process for each of the ${String(RECIPIENTS)} whom a message of one is told to`,
  async run() {
    const measurements: Measurement[] = [];
    const details: Detail[] = [];
    for (const { of, baseline, atOnce, goal, gate = goal } of COMPARISONS) {
      const { ratio, control, ...spent } = await compareBroadcasts(baseline, atOnce);
      const said = atOnce === 1 ? 'one alone' : `${String(atOnce)} in a go`;
      const bounds = { goal, gate, control };
      measurements.push({
        name: `${said}, Parlor / ${of}`,
        unit: 'x',
        value: ratio,
        ...bounds,
        verdict: judge(ratio.median, bounds),
      });
      const unit = 'µs per recipient';
      details.push(
        { name: `${said}, Parlor (against ${of})`, unit, value: spent.candidate },
        { name: `${said}, ${of}`, unit, value: spent.baseline },
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
