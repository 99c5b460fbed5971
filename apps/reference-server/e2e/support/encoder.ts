import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('gstreamer.py', import.meta.url));

export interface Encoder {
  /** Resolves when it has said this line. */
  said(line: string): Promise<void>;
  /** Ends its session and itself; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** GStreamer, publishing by WHIP to `endpoint`. */
export function startEncoder(endpoint: string, codec: 'vp8' | 'h264'): Encoder {
  const python = process.env['PARLOR_GSTREAMER'] ?? '/usr/bin/python3';
  const child = spawn(python, [SCRIPT, endpoint, codec], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const lines: string[] = [];
  let errors = '';
  const waiting = new Set<() => void>();
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    for (const look of [...waiting]) look();
  });
  return {
    said: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!lines.includes(wanted)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        void exited.then(() => {
          reject(new Error(`GStreamer ended without saying "${wanted}": ${lines.join(', ')}\n${errors}`));
        });
      }),
    async stop() {
      child.stdin.end();
      const [code] = await exited;
      return code;
    },
  };
}
