import { describe, expect, test } from 'vitest';
import { Leases } from './Leases.js';

class Thing {
  closed = 0;
  close(): void {
    this.closed += 1;
  }
}

const open = () => Promise.resolve(new Thing());

describe('Leases', () => {
  test('share what is opened once, and close it after the last', async () => {
    const leases = new Leases<string, Thing>();
    const [one, other] = await Promise.all([leases.take('a', open), leases.take('a', open)]);
    expect(one.value).toBe(other.value);
    one.release();
    one.release();
    expect(one.value.closed).toBe(0);
    other.release();
    expect(one.value.closed).toBe(1);
    expect(leases.size).toBe(0);
    expect((await leases.take('a', open)).value).not.toBe(one.value);
  });

  test('what cannot be opened is told to all, and tried again for the next', async () => {
    const leases = new Leases<string, Thing>();
    const refuse = () => Promise.reject(new Error('no'));
    const asked = [leases.take('a', refuse), leases.take('a', open)];
    for (const asking of asked) await expect(asking).rejects.toThrow('no');
    expect(leases.size).toBe(0);
    expect(await leases.take('a', open)).toBeDefined();
  });

  test('what has ended by itself is not given out again', async () => {
    const leases = new Leases<string, Thing>();
    const first = await leases.take('a', open);
    leases.forget('a', first.value);
    const second = await leases.take('a', open);
    expect(second.value).not.toBe(first.value);
    leases.forget('a', first.value);
    first.release();
    expect(second.value.closed).toBe(0);
    expect(leases.has('a')).toBe(true);
  });

  test('after close there are none, and what was on its way is closed', async () => {
    const leases = new Leases<string, Thing>();
    const { value } = await leases.take('a', open);
    let deliver: (thing: Thing) => void = () => undefined;
    const late = new Promise<Thing>((resolve) => {
      deliver = resolve;
    });
    const waiting = leases.take('b', () => late);
    leases.close();
    expect(value.closed).toBe(1);
    const thing = new Thing();
    deliver(thing);
    await expect(waiting).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
    expect(thing.closed).toBe(1);
    await expect(leases.take('a', open)).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
    expect(leases.keys()).toEqual([]);
  });
});
