import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './freePort.js';

const MAIN = fileURLToPath(new URL('../../apps/reference-server/dist/main.js', import.meta.url));

export interface TestServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>/ws` */
  readonly socketUrl: string;
  readonly pid: number;
  /** Every line of the log so far, parsed. */
  readonly log: readonly Record<string, unknown>[];
  /** Resolves with the first line, past or to come, whose message is `message`. */
  logged(message: string): Promise<Record<string, unknown>>;
  /** SIGTERM, as an operator would; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the built reference server as a process of its own, on free ports. */
export async function startServer(
  args: readonly string[] = ['--dev'],
  env: Record<string, string> = {},
): Promise<TestServer> {
  if (!existsSync(MAIN)) throw new Error('the reference server is not built: npm run setup');
  // For media it takes a free one with --dev only.
  const media = args.includes('--dev') ? [] : ['--rtc-port', String(await freePort())];
  const child = spawn(
    process.execPath,
    [MAIN, '--port', '0', '--host', '127.0.0.1', '--workers', '1', ...media, ...args],
    {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(child, 'exit') as Promise<[number | null]>;
  // A test runner that is ended in the middle must not leave the server behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  void exited.then(() => process.off('exit', kill));
  const log: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  createInterface(child.stdout).on('line', (line) => {
    if (!line.startsWith('{')) return;
    log.push(JSON.parse(line) as Record<string, unknown>);
    for (const look of [...waiting]) look();
  });

  const logged = (message: string) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const look = () => {
        const line = log.find(({ msg }) => msg === message);
        if (!line) return;
        waiting.delete(look);
        resolve(line);
      };
      waiting.add(look);
      void exited.then(([code]) => {
        reject(new Error(`the server ended with ${String(code)} before it logged "${message}": ${errors}`));
      });
      look();
    });

  const { url } = (await logged('listening')) as { url: string };
  return {
    url,
    socketUrl: `${url.replace('http', 'ws')}/ws`,
    pid: child.pid ?? 0,
    log,
    logged,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
}
