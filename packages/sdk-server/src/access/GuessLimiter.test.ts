import { describe, expect, it } from 'vitest';
import { GuessLimiter, TooManyGuesses, type Attempt, type Guess } from './GuessLimiter.js';

const MINUTE = 60_000;

function setUp(limits = {}) {
  let time = 1_000_000;
  const limiter = new GuessLimiter(limits, () => time);
  const begin = (guess: Guess): Attempt => {
    const attempt = limiter.attempt(guess);
    if (!attempt) throw new Error('others have to end first');
    return attempt;
  };
  /** A wrong guess; returns how long it had to wait. */
  const miss = (guess: Guess): number => {
    const attempt = begin(guess);
    attempt.done('wrong');
    return attempt.delayMs;
  };
  const refusal = (guess: Guess): TooManyGuesses | undefined => {
    try {
      begin(guess).done('right');
      return undefined;
    } catch (error) {
      if (error instanceof TooManyGuesses) return error;
      throw error;
    }
  };
  const pass = (ms: number) => {
    time += ms;
  };
  return { limiter, begin, miss, refusal, pass };
}

describe('GuessLimiter', () => {
  const guess = { room: 'A', address: '192.0.2.1' };

  it('slows guesses down, then refuses them until the window is over', () => {
    const { miss, refusal, pass } = setUp();
    const delays = Array.from({ length: 10 }, () => miss(guess));
    expect(delays).toEqual([0, 0, 0, 250, 500, 1000, 2000, 2000, 2000, 2000]);
    pass(5 * MINUTE);
    expect(refusal(guess)).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 600 });
    pass(10 * MINUTE - 1);
    expect(refusal(guess)).toMatchObject({ retryAfterSeconds: 1 });
    pass(1);
    expect(miss(guess)).toBe(0);
  });

  it('counts an address over all rooms', () => {
    const { miss, refusal } = setUp();
    for (let room = 0; room < 10; room += 1) miss({ ...guess, room: String(room) });
    expect(refusal({ ...guess, room: 'B' })).toBeDefined();
    expect(refusal({ room: 'B', address: '192.0.2.2' })).toBeUndefined();
  });

  it('counts a room over all addresses, and over those that are not known', () => {
    const { miss, refusal } = setUp();
    for (let host = 0; host < 49; host += 1) miss({ room: 'A', address: `192.0.2.${String(host)}` });
    miss({ room: 'A', address: undefined });
    expect(refusal({ room: 'A', address: '198.51.100.1' })).toBeDefined();
    expect(refusal({ room: 'A', address: undefined })).toBeDefined();
    expect(refusal({ room: 'B', address: '198.51.100.1' })).toBeUndefined();
  });

  it('counts wrong ones only, and a right one makes up for none of them', () => {
    const { miss, begin, refusal } = setUp({ perAddress: 2 });
    for (let i = 0; i < 5; i += 1) begin(guess).done('right');
    miss(guess);
    begin({ room: 'own', address: guess.address }).done('right');
    miss(guess);
    expect(refusal(guess)).toBeDefined();
  });

  it('lets as many begin together as may be wrong', () => {
    const { limiter, begin, refusal } = setUp({ perAddress: 3 });
    const [first, second, third] = [begin(guess), begin(guess), begin(guess)];
    expect(limiter.attempt(guess)).toBeUndefined();
    first.done('right');
    expect(refusal(guess)).toBeUndefined();
    second.done('wrong');
    third.done('wrong');
    begin(guess).done('wrong');
    expect(refusal(guess)).toBeDefined();
  });

  it('makes those who are too many wait until others have ended', async () => {
    const { limiter, begin } = setUp({ perAddress: 1 });
    const first = begin(guess);
    const begun: string[] = [];
    const rest = ['second', 'third'].map(async (name) => {
      const attempt = await limiter.begin(guess);
      begun.push(name);
      attempt.done(name === 'second' ? 'right' : 'wrong');
    });
    await Promise.resolve();
    expect(begun).toEqual([]);
    first.done('right');
    await Promise.all(rest);
    expect(begun).toEqual(['second', 'third']);
    await expect(limiter.begin(guess)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it.each([
    ['2001:db8:0:1::1', '2001:0DB8::1:ffff:1:2:3', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['fe80::1%eth0', 'fe80::2%eth1', true],
    ['::1', '::2', true],
    ['192.0.2.1', '192.0.2.11', false],
  ])('takes %s and %s for one: %s', (one, other, same) => {
    const { miss, refusal } = setUp({ perAddress: 1 });
    miss({ room: 'A', address: one });
    expect(refusal({ room: 'A', address: other }) !== undefined).toBe(same);
  });

  it('forgets what is over, and never remembers too much', () => {
    const { limiter, miss, begin, pass } = setUp();
    miss(guess);
    const pending = begin({ room: 'C', address: undefined });
    pass(15 * MINUTE);
    miss({ room: 'B', address: undefined });
    expect(limiter.size).toBe(4);
    limiter.sweep();
    expect(limiter.size).toBe(2);
    pending.done('right');
    limiter.sweep();
    expect(limiter.size).toBe(1);
    for (let i = 0; i < 100_500; i += 1) miss({ room: String(i), address: undefined });
    expect(limiter.size).toBe(100_000);
  });
});
