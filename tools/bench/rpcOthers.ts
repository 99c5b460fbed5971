import type { ParlorServerMethods } from './arms/parlorServer.js';
import type { RelayServerMethods } from './arms/relayServer.js';
import type { RpcClientsMethods, RpcWire } from './arms/rpcClients.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { Bench } from './harness/Bench.js';
import { compare } from './harness/compare.js';
import type { Detail, Measurement } from './harness/result.js';
import { runRounds, type ArmName } from './harness/rounds.js';
import { judge, type Bound } from './harness/verdict.js';

const REQUESTS = 10_000;
const CONNECTIONS = 100;

interface Other {
  of: string;
  source: string;
  wire: RpcWire;
  /** Of its server to what its clients connect to. */
  url: (http: string) => string;
  bounds: { goal: Bound; gate: Bound };
}

const OTHERS: Other[] = [
  {
    of: 'Socket.IO',
    source: 'arms/relaySocketIo.ts',
    wire: 'socketIo',
    url: (http) => http,
    bounds: { goal: { atMost: 0.8 }, gate: { atMost: 1 } },
  },
  {
    of: 'protoo',
    source: 'arms/broadcastProtoo.ts',
    wire: 'protoo',
    url: (http) => `${http.replace('http', 'ws')}/`,
    bounds: { goal: { atMost: 0.9 }, gate: { atMost: 1 } },
  },
];

type Server = ArmProcess<Pick<RelayServerMethods, 'start' | 'stop'>>;
type Clients = ArmProcess<RpcClientsMethods>;

/** Of a server that `name` is connected to, microseconds of CPU for each request. */
const asking = (clients: Clients, server: Server, name: string) => async (): Promise<number> => {
  await server.call('start', {});
  await clients.call('ask', { name, method: 'ping', total: REQUESTS });
  const { nodeMs } = await server.call('stop');
  return (nodeMs * 1000) / REQUESTS;
};

async function measure({ of, source, wire, url, bounds }: Other, parlor: Server, clients: Clients) {
  const baseline = await ArmProcess.start<RelayServerMethods>(source);
  const control = await ArmProcess.start<RelayServerMethods>(source);
  const others: Partial<Record<ArmName, ArmProcess<RelayServerMethods>>> = { baseline, control };
  try {
    for (const [name, arm] of Object.entries(others)) {
      const address = await arm.call('open', {});
      await clients.call('connect', { name, url: url(address.url), token: '', count: CONNECTIONS, wire });
    }
    const rounds = await runRounds(
      {
        baseline: asking(clients, baseline, 'baseline'),
        control: asking(clients, control, 'control'),
        candidate: asking(clients, parlor, 'candidate'),
      },
      { warmUps: 3, rounds: 8 },
    );
    const { ratio: value, control: again, ...arms } = compare(rounds, (us) => us);
    const verdict = judge(value.median, { ...bounds, control: again });
    const measurement: Measurement = {
      name: `Parlor / ${of}`,
      unit: 'x',
      value,
      ...bounds,
      control: again,
      verdict,
    };
    const unit = 'µs a request';
    const details: Detail[] = [
      { name: of, unit, value: arms.baseline },
      { name: `Parlor (against ${of})`, unit, value: arms.candidate },
    ];
    for (const name of Object.keys(others)) await clients.call('disconnect', { name });
    return { measurement, details };
  } finally {
    await baseline.stop();
    await control.stop();
  }
}

/** The same against what people would take in place of `ws`. */
export const rpcOthers: Bench = {
  name: 'rpc-others',
  about: `CPU of the server process for each request that it answers, ${String(CONNECTIONS)} connections, Parlor / servers on Socket.IO and on protoo that do nothing else`,
  async run() {
    const parlor = await ArmProcess.start<ParlorServerMethods>('arms/parlorServer.ts');
    const clients = await ArmProcess.start<RpcClientsMethods>('arms/rpcClients.ts');
    try {
      const address = await parlor.call('open', { unlimitedMessages: true });
      await clients.call('connect', { name: 'candidate', ...address, count: CONNECTIONS });
      const measurements: Measurement[] = [];
      const details: Detail[] = [];
      for (const other of OTHERS) {
        const compared = await measure(other, parlor, clients);
        measurements.push(compared.measurement);
        details.push(...compared.details);
      }
      return { measurements, details };
    } finally {
      await clients.stop();
      await parlor.stop();
    }
  },
};
