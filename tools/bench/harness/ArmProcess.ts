import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { compile } from './compile.js';

export interface ArmRequest {
  id: number;
  method: string;
  data: unknown;
}

export type ArmAnswer = { id: number } & ({ result: unknown } | { error: string });

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/** One side of a comparison, in a process of its own that serves `M`: method to argument and result. */
export class ArmProcess<M extends Record<keyof M, (data: never) => unknown>> {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;

  /** `source`: a file below tools/bench. It is compiled first and runs on plain Node, as an application would. */
  static async start<M extends Record<keyof M, (data: never) => unknown>>(
    source: string,
  ): Promise<ArmProcess<M>> {
    const file = await compile(source);
    return new ArmProcess<M>(file);
  }

  private constructor(file: string) {
    const profile = process.env['PARLOR_BENCH_PROFILE'];
    this.#child = fork(file, {
      execArgv: ['--expose-gc', ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [])],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    this.#child.on('message', (answer: ArmAnswer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if ('error' in answer) pending?.reject(new Error(answer.error));
      else pending?.resolve(answer.result);
    });
    this.#child.once('exit', (code, signal) => {
      const error = new Error(`${file} ended early (${String(signal ?? code)})`);
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
    });
  }

  call<K extends keyof M & string>(
    method: K,
    ...[data]: Parameters<M[K]>
  ): Promise<Awaited<ReturnType<M[K]>>> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#child.send({ id, method, data } satisfies ArmRequest);
    });
  }

  /** Lets the process close what it has open and end by itself. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }
}
