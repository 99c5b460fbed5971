import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../apps/reference-server/dist/main.js', import.meta.url));

export interface StartedServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
  /** What it has logged so far, one object a line. */
  readonly log: Record<string, unknown>[];
  /** SIGTERM, as an operator would; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface StartOptions {
  /** Added to `--dev --port 0`. */
  args?: string[];
  /** Without `--dev`: settings come from here. */
  env?: Record<string, string>;
  dev?: boolean;
}

/** Starts the built reference server on a free port, in a process of its own; resolves when it listens. */
export async function startServer({
  args = [],
  env = {},
  dev = true,
}: StartOptions = {}): Promise<StartedServer> {
  const flags = [...(dev ? ['--dev'] : ['--host', '127.0.0.1']), '--port', '0', ...args];
  const child = spawn(process.execPath, [MAIN, ...flags], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  // A test runner that ends on its own must not leave the server behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  void exited.then(() => process.off('exit', kill));

  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const log: Record<string, unknown>[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const entry = JSON.parse(line) as Record<string, unknown>;
      log.push(entry);
      if (entry['msg'] === 'listening') resolve(String(entry['url']));
    });
    void exited.then((code) => {
      reject(new Error(`the server ended with ${String(code)} before it listened: ${errors}`));
    });
  });

  return {
    url,
    pid: child.pid ?? 0,
    log,
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}
