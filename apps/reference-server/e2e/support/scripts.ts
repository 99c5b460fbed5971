import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Script {
  readonly lines: readonly string[];
  /**
   * Resolves as soon as it has said this line, or one that is wanted; rejects when it ends before, and when it does not
   * say it in time, with all that it has said.
   */
  said(wanted: string | ((line: string) => boolean)): Promise<void>;
  /** Ends its input, at which it ends; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Before the time of a test is over, which would not tell what was waited for. */
const SAID_WITHIN_MS = 120_000;

/** A Python script of this folder. `python` has what it needs. */
export function startScript(python: string, name: string, args: readonly string[]): Script {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(python, [file, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  // A test that fails in the middle must not leave it behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  void exited.then(() => process.off('exit', kill));
  const lines: string[] = [];
  let errors = '';
  const waiting = new Set<() => void>();
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const failure = (what: string) =>
    new Error(`${name} ${what}, having said:\n${lines.join('\n')}\n${errors}`);
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    for (const look of [...waiting]) look();
  });
  return {
    lines,
    said: (wanted) =>
      new Promise((resolve, reject) => {
        const finish = (end: () => void) => {
          clearTimeout(limit);
          waiting.delete(look);
          end();
        };
        const look = () => {
          if (lines.some((line) => (typeof wanted === 'string' ? line === wanted : wanted(line))))
            finish(resolve);
        };
        const fail = (what: string) => {
          finish(() => {
            reject(failure(what));
          });
        };
        const limit = setTimeout(() => {
          fail(typeof wanted === 'string' ? `has not said "${wanted}"` : 'has not said what was waited for');
        }, SAID_WITHIN_MS);
        waiting.add(look);
        look();
        void exited.then(() => {
          fail('ended too early');
        });
      }),
    async stop() {
      child.stdin.end();
      const [code] = await exited;
      if (code !== 0) process.stderr.write(errors);
      return code;
    },
  };
}
