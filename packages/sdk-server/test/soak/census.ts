import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Live objects of this process: how many of each class, and what maps, sets and arrays hold all together. */
export type Census = Readonly<Record<string, number>>;

/** Runs in the inspected context, on the array of all objects, and must not call anything of theirs. */
const TALLY = function (this: readonly object[]): Record<string, number> {
  const sizes = [Map, Set].map(
    ({ prototype }) => [prototype, Object.getOwnPropertyDescriptor(prototype, 'size')?.get] as const,
  );
  const counts: Record<string, number> = { '(entries)': 0 };
  const add = (name: string, count: number) => {
    counts[name] = (counts[name] ?? 0) + count;
  };
  for (const object of this) {
    try {
      const own = Object.getOwnPropertyDescriptor(object, 'constructor')?.value as unknown;
      // What a class gives to its objects is none of them.
      if (typeof own === 'function' && own.prototype === object) continue;
      const prototype = Object.getPrototypeOf(object) as object;
      const maker = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
      const name =
        typeof maker === 'function'
          ? (Object.getOwnPropertyDescriptor(maker, 'name')?.value as unknown)
          : undefined;
      add(typeof name === 'string' && name !== '' ? name : '(unnamed)', 1);
      if (Array.isArray(object)) add('(entries)', object.length);
      for (const [of, size] of sizes) if (prototype === of) add('(entries)', Number(size?.call(object)));
    } catch {
      // A proxy that does not want to be looked at.
      add('(hidden)', 1);
    }
  }
  return counts;
};

/** What this thread's own inspector answers; it does so at once. */
function inspect<T>(session: Session, method: string, params: object = {}): T {
  let answer: { error: Error | null; result: T } | undefined;
  session.post(method, params, (error, result) => {
    answer = { error, result: result as T };
  });
  if (!answer) throw new Error(`${method}: no answer`);
  if (answer.error) throw answer.error;
  return answer.result;
}

/** Every object that a garbage collection leaves. */
export function takeCensus(): Census {
  const session = new Session();
  session.connect();
  try {
    const { result: all } = inspect<{ result: { objectId: string } }>(session, 'Runtime.evaluate', {
      expression: 'Object.prototype',
    });
    const { objects } = inspect<{ objects: { objectId: string } }>(session, 'Runtime.queryObjects', {
      prototypeObjectId: all.objectId,
    });
    const { result } = inspect<{ result: { value: Census } }>(session, 'Runtime.callFunctionOn', {
      objectId: objects.objectId,
      functionDeclaration: TALLY.toString(),
      returnByValue: true,
    });
    return result.value;
  } finally {
    session.disconnect();
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of the heap that a garbage collection leaves. */
export function heapSize(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** The kinds of which there are more than before, beyond `tolerated`, and how many more. */
export function growth(before: Census, after: Census, tolerated: number): Census {
  const more = Object.entries(after).map(([kind, count]) => [kind, count - (before[kind] ?? 0)] as const);
  return Object.fromEntries(more.filter(([, count]) => count > tolerated));
}

/**
 * The kinds that have become more in one half of the time and in the other, too, by more than `tolerated` each; and by
 * how much in the half in which it was less. What is made once, whenever that is, is not among them.
 */
export function steadyGrowth(
  [first, middle, last]: readonly [Census, Census, Census],
  tolerated: number,
): Census {
  const before = growth(first, middle, tolerated);
  const after = growth(middle, last, tolerated);
  const both = Object.entries(after).filter(([kind]) => Object.hasOwn(before, kind));
  return Object.fromEntries(both.map(([kind, count]) => [kind, Math.min(count, before[kind] ?? 0)]));
}

/** What keeps the event loop alive: sockets, timers, requests under way. */
export function activeResources(): Census {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Bytes of memory that another process has (Linux, proc(5) status). */
export function residentSize(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** What is looked at: at the first time, after half of what happens, and at the end. */
export interface Look {
  readonly census: Census;
  /** Bytes of this process's heap. */
  readonly heap: number;
  /** Bytes of the media worker. */
  readonly worker: number;
  readonly resources: Census;
}

export const look = (workerPid: number): Look => ({
  census: takeCensus(),
  heap: heapSize(),
  worker: residentSize(workerPid),
  resources: activeResources(),
});

/** As `steadyGrowth`, of kinds and of bytes. */
export function growthOf(
  looks: readonly [Look, Look, Look],
  tolerated: number,
): { kinds: Census; heap: number; worker: number } {
  const [first, middle, last] = looks;
  const less = (of: 'heap' | 'worker') => Math.min(middle[of] - first[of], last[of] - middle[of]);
  return {
    kinds: steadyGrowth([first.census, middle.census, last.census], tolerated),
    heap: less('heap'),
    worker: less('worker'),
  };
}
