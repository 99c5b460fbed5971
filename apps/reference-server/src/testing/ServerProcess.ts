import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const inRepo = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

export interface LogLine {
  msg: string;
  url?: string;
  [field: string]: unknown;
}

/** The server as users run it: from its source, in a process of its own. */
export class ServerProcess {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly logs: LogLine[] = [];
  output = '';
  #waiting: { msg: string; resolve: (line: LogLine) => void } | undefined;

  constructor(args: string[], env: Record<string, string> = {}) {
    const { PATH, HOME, MEDIASOUP_WORKER_BIN } = process.env;
    const inherited = { PATH, HOME, MEDIASOUP_WORKER_BIN };
    const script = [inRepo('node_modules/tsx/dist/loader.mjs'), inRepo('apps/reference-server/src/main.ts')];
    this.process = spawn(
      process.execPath,
      ['--import', script[0] ?? '', '--conditions=@parlor/source', script[1] ?? '', ...args],
      { env: { ...inherited, ...env } },
    );
    this.ended = once(this.process, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
    for (const stream of [this.process.stdout, this.process.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#read(line);
      });
    }
  }

  /** The log line with this message, now or when it comes; rejects when the process ends without it. */
  async logged(msg: string): Promise<LogLine> {
    const already = this.logs.find((line) => line.msg === msg);
    if (already) return already;
    const line = new Promise<LogLine>((resolve) => {
      this.#waiting = { msg, resolve };
    });
    const ended = this.ended.then(({ code }) => {
      throw new Error(`the server ended (${String(code)}) before "${msg}":\n${this.output}`);
    });
    return Promise.race([line, ended]);
  }

  #read(line: string): void {
    this.output += `${line}\n`;
    if (!line.startsWith('{')) return;
    const parsed = JSON.parse(line) as LogLine;
    this.logs.push(parsed);
    if (parsed.msg === this.#waiting?.msg) this.#waiting.resolve(parsed);
  }
}
