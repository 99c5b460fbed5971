import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Script {
  readonly lines: readonly string[];
  /** Resolves as soon as it has said this line, or one that is wanted; rejects when it ends before. */
  said(wanted: string | ((line: string) => boolean)): Promise<void>;
  /** Ends its input, at which it ends; resolves with the exit code. */
  stop(): Promise<number | null>;
}

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
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    for (const look of [...waiting]) look();
  });
  return {
    lines,
    said: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!lines.some((line) => (typeof wanted === 'string' ? line === wanted : wanted(line)))) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        void exited.then(() => {
          reject(new Error(`${name} ended too early, having said: ${lines.join('\n')}\n${errors}`));
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
