import { describe, expect, it } from 'vitest';
import { GuessLimiter, TooManyGuesses, type Guess } from './GuessLimiter.js';

const MINUTE = 60_000;

function setUp(limits = {}) {
  let time = 1_000_000;
  const limiter = new GuessLimiter(limits, () => time);
  const refusal = (guess: Guess): TooManyGuesses | undefined => {
    try {
      limiter.attempt(guess);
      return undefined;
    } catch (error) {
      if (error instanceof TooManyGuesses) return error;
      throw error;
    }
  };
  return {
    limiter,
    refusal,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

describe('GuessLimiter', () => {
  const guess = { room: 'A', address: '192.0.2.1' };

  it('slows guesses down, then refuses them until the window is over', () => {
    const { limiter, refusal, pass } = setUp();
    const delays = Array.from({ length: 10 }, () => limiter.attempt(guess).delayMs);
    expect(delays).toEqual([0, 0, 0, 250, 500, 1000, 2000, 2000, 2000, 2000]);
    pass(5 * MINUTE);
    expect(refusal(guess)).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 600 });
    pass(10 * MINUTE - 1);
    expect(refusal(guess)).toMatchObject({ retryAfterSeconds: 1 });
    pass(1);
    expect(limiter.attempt(guess).delayMs).toBe(0);
  });

  it('counts an address over all rooms', () => {
    const { limiter, refusal } = setUp();
    for (let room = 0; room < 10; room += 1) limiter.attempt({ ...guess, room: String(room) });
    expect(refusal({ ...guess, room: 'B' })).toBeDefined();
    expect(refusal({ room: 'B', address: '192.0.2.2' })).toBeUndefined();
  });

  it('counts a room over all addresses, and over those that are not known', () => {
    const { limiter, refusal } = setUp();
    for (let host = 0; host < 49; host += 1)
      limiter.attempt({ room: 'A', address: `192.0.2.${String(host)}` });
    limiter.attempt({ room: 'A', address: undefined });
    expect(refusal({ room: 'A', address: '198.51.100.1' })).toBeDefined();
    expect(refusal({ room: 'A', address: undefined })).toBeDefined();
    expect(refusal({ room: 'B', address: '198.51.100.1' })).toBeUndefined();
  });

  it('takes back a right one, and only that one', () => {
    const { limiter, refusal } = setUp({ perAddress: 2 });
    for (let i = 0; i < 5; i += 1) limiter.attempt(guess).forgive();
    limiter.attempt(guess);
    limiter.attempt({ room: 'own', address: guess.address }).forgive();
    limiter.attempt(guess);
    expect(refusal(guess)).toBeDefined();
  });

  it('does not let many at once through', () => {
    const { limiter, refusal } = setUp({ perAddress: 3 });
    const attempts = [1, 2, 3].map(() => limiter.attempt(guess));
    expect(refusal(guess)).toBeDefined();
    attempts[0]?.forgive();
    expect(refusal(guess)).toBeUndefined();
  });

  it.each([
    ['2001:db8:0:1::1', '2001:0DB8::1:ffff:1:2:3', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['fe80::1%eth0', 'fe80::2%eth1', true],
    ['::1', '::2', true],
    ['192.0.2.1', '192.0.2.11', false],
  ])('takes %s and %s for one: %s', (one, other, same) => {
    const { limiter, refusal } = setUp({ perAddress: 1 });
    limiter.attempt({ room: 'A', address: one });
    expect(refusal({ room: 'A', address: other }) !== undefined).toBe(same);
  });

  it('forgets what is over, and never remembers too much', () => {
    const { limiter, pass } = setUp();
    limiter.attempt(guess);
    pass(15 * MINUTE);
    limiter.attempt({ room: 'B', address: undefined });
    expect(limiter.size).toBe(3);
    limiter.sweep();
    expect(limiter.size).toBe(1);
    for (let i = 0; i < 100_500; i += 1) limiter.attempt({ room: String(i), address: undefined });
    expect(limiter.size).toBe(100_000);
  });
});
