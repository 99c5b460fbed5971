import type { ParlorServerMethods } from './arms/parlorServer.js';
import type { RelayServerMethods } from './arms/relayServer.js';
import type { RpcClientsMethods, RpcConnect, RpcWire } from './arms/rpcClients.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import { compare, type Comparison } from './harness/compare.js';
import { counted } from './harness/counted.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type ArmName } from './harness/rounds.js';
import { judge, type Bound } from './harness/verdict.js';

/** One alone waits for each answer. */
const CASES = [
  { connections: 1, requests: 4000 },
  { connections: 100, requests: 10_000 },
  { connections: 1000, requests: 10_000 },
];
type Case = (typeof CASES)[number];

interface Other {
  name: string;
  /** As people call it. */
  of: string;
  source: string;
  wire: RpcWire;
  /** Of its server to what its clients connect to. */
  url: (http: string) => string;
  bounds: { goal: Bound; gate: Bound };
}

const SOCKET_IO: Other = {
  name: 'rpc-socketio',
  of: 'Socket.IO',
  source: 'arms/relaySocketIo.ts',
  wire: 'socketIo',
  url: (http) => http,
  bounds: { goal: { atMost: 0.8 }, gate: { atMost: 1 } },
};

const PROTOO: Other = {
  name: 'rpc-protoo',
  of: 'protoo',
  source: 'arms/broadcastProtoo.ts',
  wire: 'protoo',
  url: (http) => `${http.replace('http', 'ws')}/`,
  bounds: { goal: { atMost: 0.9 }, gate: { atMost: 1 } },
};

interface Server {
  process: ArmProcess<Pick<RelayServerMethods, 'start' | 'stop'>>;
  /** How the clients reach it. */
  address: Pick<RpcConnect, 'url' | 'token' | 'wire'>;
}

/** Microseconds of CPU for each request. */
async function compareAsking(
  clients: ArmProcess<RpcClientsMethods>,
  servers: Record<ArmName, Server>,
  { connections: count, requests: total }: Case,
): Promise<Comparison> {
  const named = Object.entries(servers) as [ArmName, Server][];
  for (const [name, { address }] of named) await clients.call('connect', { name, ...address, count });
  const cost = (name: ArmName) => async (): Promise<number> => {
    const { process } = servers[name];
    await process.call('start', {});
    await clients.call('ask', { name, method: 'ping', total });
    const { nodeMs } = await process.call('stop');
    return (nodeMs * 1000) / total;
  };
  const rounds = await runRounds(
    { baseline: cost('baseline'), control: cost('control'), candidate: cost('candidate') },
    { warmUps: 2, rounds: 8 },
  );
  for (const [name] of named) await clients.call('disconnect', { name });
  return compare(rounds, (us) => us);
}

/** The same as `rpc` against what people would take in place of `ws`. */
const against = ({ name, of, source, wire, url, bounds }: Other): Bench => ({
  name,
  about: `CPU of the server process for each request that it answers, Parlor / a server on ${of} that does nothing else`,
  async run() {
    const baseline = await ArmProcess.start<RelayServerMethods>(source);
    const control = await ArmProcess.start<RelayServerMethods>(source);
    const candidate = await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts');
    const clients = await ArmProcess.start<RpcClientsMethods>('arms/rpcClients.ts');
    const opened = async (process: typeof baseline): Promise<Server> => {
      const address = await process.call('open', {});
      return { process, address: { url: url(address.url), token: '', wire } };
    };
    try {
      const servers: Record<ArmName, Server> = {
        baseline: await opened(baseline),
        control: await opened(control),
        candidate: { process: candidate, address: await candidate.call('open', { unlimitedMessages: true }) },
      };
      const measurements: Measurement[] = [];
      const details: Detail[] = [];
      for (const asked of CASES) {
        const { ratio: value, control: again, ...arms } = await compareAsking(clients, servers, asked);
        const judged = { ...bounds, control: again };
        const connections = counted(asked.connections, 'connection');
        const verdict = judge(value.median, judged);
        measurements.push({ name: connections, unit: 'x', value, ...judged, verdict });
        details.push(
          { name: `${connections}, ${of}`, unit: 'µs a request', value: arms.baseline },
          { name: `${connections}, Parlor`, unit: 'µs a request', value: arms.candidate },
        );
      }
      return { measurements, details };
    } finally {
      await clients.stop();
      for (const server of [baseline, control, candidate]) await server.stop();
    }
  },
});

export const rpcOthers: readonly Bench[] = [against(SOCKET_IO), against(PROTOO)];
