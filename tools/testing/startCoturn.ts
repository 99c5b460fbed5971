import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './freePort.js';

export interface CoturnOptions {
  /** Default: any that is free. */
  port?: number;
  /** Its `static-auth-secret`. */
  secret: string;
  /** PEM files: TLS on a port of its own. */
  tls?: { cert: string; key: string };
}

export interface Coturn {
  readonly port: number;
  /** `turn:127.0.0.1:<port>?transport=udp` */
  readonly url: string;
  /** `turn:127.0.0.1:<port>?transport=tcp` */
  readonly tcpUrl: string;
  /** `turns:127.0.0.1:<another port>?transport=tcp`, with `tls` */
  readonly tlsUrl: string;
  /** Every line of its log so far. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** Below those that systems give to browsers, so that what comes from a relay can be told by its port. */
export const RELAY_PORTS = { first: 20_000, last: 20_999 };
const READY_WITHIN_MS = 10_000;
const BINARY = process.env['PARLOR_TURNSERVER'] ?? 'turnserver';

/** Starts a real TURN server on the loopback interface, UDP, TCP and TLS; resolves when it listens. */
export async function startCoturn(options: CoturnOptions): Promise<Coturn> {
  const port = options.port ?? (await freePort());
  const tlsPort = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'parlor-coturn-'));
  const config = join(folder, 'turnserver.conf');
  writeFileSync(config, configText({ ...options, port, tlsPort, folder }));
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
  const deadline = setTimeout(kill, READY_WITHIN_MS);
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) => {
      reject(new Error('no coturn could be started: npm test installs it', { cause: error }));
    });
    void exited.then(() => {
      reject(new Error(`the TURN server ended before it listened:\n${log.join('\n')}`));
    });
    const listens = (protocol: string, at: number) =>
      log.some((line) => line.includes(`${protocol} listener opened on`) && line.endsWith(`:${String(at)}`));
    const ready = () =>
      listens('UDP', port) && listens('TCP', port) && (!options.tls || listens('TCP', tlsPort));
    for (const output of [child.stdout, child.stderr]) {
      createInterface(output).on('line', (line) => {
        log.push(line);
        if (ready()) resolve();
      });
    }
  }).finally(() => {
    clearTimeout(deadline);
  });
  const url = `turn:127.0.0.1:${String(port)}`;
  return {
    port,
    url: `${url}?transport=udp`,
    tcpUrl: `${url}?transport=tcp`,
    tlsUrl: `turns:127.0.0.1:${String(tlsPort)}?transport=tcp`,
    log,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

type ConfigOptions = CoturnOptions & { port: number; tlsPort: number; folder: string };

/** `verbose` is what makes it tell when it listens. */
const configText = ({ secret, port, tls, tlsPort, folder }: ConfigOptions): string =>
  [
    'listening-ip=127.0.0.1',
    'relay-ip=127.0.0.1',
    `min-port=${String(RELAY_PORTS.first)}`,
    `max-port=${String(RELAY_PORTS.last)}`,
    'allow-loopback-peers',
    `listening-port=${String(port)}`,
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    'realm=parlor.test',
    'fingerprint',
    ...(tls ? [`tls-listening-port=${String(tlsPort)}`, `cert=${tls.cert}`, `pkey=${tls.key}`] : ['no-tls']),
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
