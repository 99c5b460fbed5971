import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface CoturnOptions {
  /** Default: any that is free. */
  port?: number;
  /** Its `static-auth-secret`. */
  secret: string;
}

export interface Coturn {
  readonly port: number;
  /** `turn:127.0.0.1:<port>?transport=udp` */
  readonly url: string;
  /** `turn:127.0.0.1:<port>?transport=tcp` */
  readonly tcpUrl: string;
  /** Every line of its log so far. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

const BINARY = process.env['PARLOR_TURNSERVER'] ?? 'turnserver';

/** Starts a real TURN server on the loopback interface, UDP and TCP; resolves when it listens. */
export async function startCoturn({ secret, port: wanted }: CoturnOptions): Promise<Coturn> {
  const port = wanted ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), 'parlor-coturn-'));
  const config = join(folder, 'turnserver.conf');
  writeFileSync(config, configText({ secret, port, folder }));
  const child = spawn(BINARY, ['-c', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  // A test runner that is ended in the middle must not leave it behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const log: string[] = [];
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => {
      process.off('exit', kill);
      rmSync(folder, { recursive: true, force: true });
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) => {
      reject(new Error('no coturn could be started: npm test installs it', { cause: error }));
    });
    void exited.then(() => {
      reject(new Error(`the TURN server ended before it listened:\n${log.join('\n')}`));
    });
    const listens = (protocol: string) => log.some((line) => line.includes(`${protocol} listener opened on`));
    for (const output of [child.stdout, child.stderr]) {
      createInterface(output).on('line', (line) => {
        log.push(line);
        if (listens('UDP') && listens('TCP')) resolve();
      });
    }
  });
  const url = `turn:127.0.0.1:${String(port)}`;
  return {
    port,
    url: `${url}?transport=udp`,
    tcpUrl: `${url}?transport=tcp`,
    log,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** `verbose` is what makes it tell when it listens. */
const configText = ({ secret, port, folder }: { secret: string; port: number; folder: string }): string =>
  [
    'listening-ip=127.0.0.1',
    'relay-ip=127.0.0.1',
    'allow-loopback-peers',
    `listening-port=${String(port)}`,
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    'realm=parlor.test',
    'fingerprint',
    'no-tls',
    'no-dtls',
    'no-cli',
    'no-multicast-peers',
    `userdb=${join(folder, 'turn.db')}`,
    `pidfile=${join(folder, 'turn.pid')}`,
    'log-file=stdout',
    'simple-log',
    'verbose',
    '',
  ].join('\n');

/** A port that is free for TCP and UDP. */
export async function freePort(): Promise<number> {
  const tcp = createServer().listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      udp.once('error', reject).bind(port, '127.0.0.1', resolve);
    });
    return port;
  } finally {
    udp.close();
    tcp.close();
    await once(tcp, 'close');
  }
}
