import type { ParlorServerMethods } from './arms/parlorServer.js';
import type { RawEchoMethods } from './arms/rawEcho.js';
import type { RpcClientsMethods, RpcMethod } from './arms/rpcClients.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import { compare } from './harness/compare.js';
import { counted } from './harness/counted.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type ArmName } from './harness/rounds.js';
import { judge } from './harness/verdict.js';

/** One alone waits for each answer. */
const FEW = 4000;
const MANY = 10_000;
const CASES: { method: RpcMethod; connections: number; requests: number }[] = [
  { method: 'ping', connections: 1, requests: FEW },
  { method: 'ping', connections: 100, requests: MANY },
  { method: 'ping', connections: 1000, requests: MANY },
  { method: 'sendMessage', connections: 100, requests: MANY },
];
const bounds = { goal: { atLeast: 0.8 }, gate: { atLeast: 0.8 } };

type Server = ArmProcess<Pick<ParlorServerMethods, 'open' | 'start' | 'stop'>>;

/** Requests that a CPU second of the server process answers, against `ws` with nothing but JSON around it. */
export const rpc: Bench = {
  name: 'rpc',
  about:
    'request round trips per CPU second of the server process, Parlor / raw ws with JSON.parse and JSON.stringify',
  async run() {
    const baseline = await ArmProcess.start<RawEchoMethods>('arms/rawEcho.ts');
    const control = await ArmProcess.start<RawEchoMethods>('arms/rawEcho.ts');
    const candidate = await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts');
    const clients = await ArmProcess.start<RpcClientsMethods>('arms/rpcClients.ts');
    const servers: Record<ArmName, Server> = { baseline, control, candidate };
    const names = Object.keys(servers) as ArmName[];
    try {
      const addresses = new Map<ArmName, { url: string; token: string }>();
      for (const name of names)
        addresses.set(name, await servers[name].call('open', { unlimitedMessages: true }));
      const measurements: Measurement[] = [];
      const details: Detail[] = [];
      for (const { method, connections, requests } of CASES) {
        for (const [name, address] of addresses) {
          const joined = name === 'candidate' && method !== 'ping';
          await clients.call('connect', { name, ...address, count: connections, joined });
        }
        const ask = (name: ArmName) => async () => {
          await servers[name].call('start', {});
          await clients.call('ask', { name, method, total: requests });
          const { nodeMs } = await servers[name].call('stop');
          return requests / (nodeMs / 1000);
        };
        const rounds = await runRounds(
          { baseline: ask('baseline'), control: ask('control'), candidate: ask('candidate') },
          { warmUps: 2, rounds: 8 },
        );
        for (const name of names) await clients.call('disconnect', { name });
        const compared = compare(rounds, (perSecond) => perSecond);
        const of = `${method}, ${counted(connections, 'connection')}`;
        const { ratio, control: again } = compared;
        const verdict = judge(ratio.median, { ...bounds, control: again });
        measurements.push({ name: of, unit: 'x', value: ratio, ...bounds, control: again, verdict });
        details.push(
          { name: `${of}, raw ws`, unit: 'per CPU second', value: compared.baseline },
          { name: `${of}, Parlor`, unit: 'per CPU second', value: compared.candidate },
        );
      }
      return { measurements, details };
    } finally {
      await clients.stop();
      for (const name of names) await servers[name].stop();
    }
  },
};
