import { describe, expect, test } from 'vitest';
import { Pacer } from './Pacer.js';

describe('Pacer', () => {
  test('starts at once when idle', () => {
    let started = false;
    void new Pacer().run(() => {
      started = true;
      return Promise.resolve();
    });
    expect(started).toBe(true);
  });

  test('runs no more at once than may be under way, in order', async () => {
    const pacer = new Pacer({ inFlight: 4, many: 4 });
    let running = 0;
    let most = 0;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        pacer.run(async () => {
          order.push(i);
          running += 1;
          most = Math.max(most, running);
          await new Promise(setImmediate);
          running -= 1;
        }),
      ),
    );
    expect(order).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(most).toBe(4);
  });

  test('has few under way all at once, and of many so many only until they are known to be many', async () => {
    const pacer = new Pacer({ inFlight: 2, many: 6, turnMs: Infinity });
    let running = 0;
    const run = async (count: number) => {
      const seen: number[] = [];
      await Promise.all(
        Array.from({ length: count }, () =>
          pacer.run(async () => {
            running += 1;
            seen.push(running);
            await new Promise(setImmediate);
            running -= 1;
          }),
        ),
      );
      return seen;
    };
    expect(Math.max(...(await run(6)))).toBe(6);
    const many = await run(30);
    expect(Math.max(...many)).toBe(6);
    // Until few are left.
    expect(Math.max(...many.slice(6, -6))).toBe(2);
  });

  test('lets others have their turn when the time of a turn is over', async () => {
    let now = 0;
    const pacer = new Pacer({ turnMs: 2, inFlight: 100, now: () => now });
    const inTurns: number[] = [];
    let turn = 0;
    const countTurns = () => {
      turn += 1;
      if (inTurns.length < 9) setImmediate(countTurns);
    };
    setImmediate(countTurns);
    await Promise.all(
      Array.from({ length: 9 }, () =>
        pacer.run(() => {
          inTurns.push(turn);
          now += 1;
          return Promise.resolve();
        }),
      ),
    );
    const most = Math.max(...[...new Set(inTurns)].map((each) => inTurns.filter((t) => t === each).length));
    expect(most).toBe(2);
  });

  test('passes failures on and goes on', async () => {
    const pacer = new Pacer({ inFlight: 1, many: 1 });
    const failing = pacer.run(() => Promise.reject(new Error('no')));
    const next = pacer.run(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });

  test('a task that throws instead of rejecting does not take a place for good', async () => {
    const pacer = new Pacer({ inFlight: 1, many: 1 });
    const throwing = pacer.run(() => {
      throw new Error('sync');
    });
    await expect(throwing).rejects.toThrow('sync');
    await expect(pacer.run(() => Promise.resolve(1))).resolves.toBe(1);
  });
});
