import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './lock.mjs';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parlor-lock-'));
  file = join(folder, 'made', 'on', 'demand.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const never = () => {
  throw new Error('nobody has the lock');
};

describe('withLock', () => {
  it('lets the second in when the first is done, and says once that it waits', async () => {
    const order: string[] = [];
    let release = () => {};
    const first = withLock(file, {
      waiting: never,
      work: async () => {
        await new Promise<void>((resolve) => (release = resolve));
        order.push('first');
      },
    });
    await withLock(file, {
      waiting: () => {
        order.push('waiting');
        release();
      },
      work: async () => void order.push('second'),
    });
    await first;
    expect(order).toEqual(['waiting', 'first', 'second']);
    expect(existsSync(file)).toBe(false);
  });

  it('gives the result, and lets go when the work fails', async () => {
    await expect(
      withLock(file, { waiting: never, work: () => Promise.reject(new Error('no')) }),
    ).rejects.toThrow('no');
    expect(await withLock(file, { waiting: never, work: () => Promise.resolve(42) })).toBe(42);
  });

  const take = () => withLock(file, { waiting: () => {}, work: () => Promise.resolve('taken over') });

  it('takes over from a process that has ended', async () => {
    await withLock(file, { waiting: never, work: () => Promise.resolve() });
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(file, `${hostname()} ${pid}\n`);
    expect(await take()).toBe('taken over');
  });

  it('takes over from another machine that has not been heard of for long', async () => {
    await withLock(file, { waiting: never, work: () => Promise.resolve() });
    writeFileSync(file, 'another-machine 1\n');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    expect(await take()).toBe('taken over');
  });
});
