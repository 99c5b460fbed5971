import { describe, expect, test } from 'vitest';
import { Pacer } from './Pacer.js';

describe('Pacer', () => {
  test('starts at once when idle', () => {
    let started = false;
    void new Pacer(2).run(() => {
      started = true;
      return Promise.resolve();
    });
    expect(started).toBe(true);
  });

  test('starts no more than its chunk in a turn and runs no more at once, in order', async () => {
    const pacer = new Pacer(4);
    let running = 0;
    let most = 0;
    let inTurn = 0;
    let mostInTurn = 0;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        pacer.run(async () => {
          order.push(i);
          inTurn += 1;
          mostInTurn = Math.max(mostInTurn, inTurn);
          setImmediate(() => (inTurn = 0));
          running += 1;
          most = Math.max(most, running);
          await new Promise(setImmediate);
          running -= 1;
        }),
      ),
    );
    expect(order).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(most).toBeLessThanOrEqual(4);
    expect(mostInTurn).toBeLessThanOrEqual(4);
  });

  test('passes failures on and goes on', async () => {
    const pacer = new Pacer(1);
    const failing = pacer.run(() => Promise.reject(new Error('no')));
    const next = pacer.run(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });

  test('a task that throws instead of rejecting does not take a place for good', async () => {
    const pacer = new Pacer(1);
    const throwing = pacer.run(() => {
      throw new Error('sync');
    });
    await expect(throwing).rejects.toThrow('sync');
    await expect(pacer.run(() => Promise.resolve(1))).resolves.toBe(1);
  });
});
