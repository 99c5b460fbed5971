import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParlorError } from '../errors.js';
import { silentLogger } from '../logger.js';
import { FakePlatform } from '../testing/index.js';
import { Reconnector } from './Reconnector.js';
import { defaultReconnectPolicy, type ReconnectContext } from './reconnectPolicy.js';

const lost = new ParlorError('CONNECTION_LOST', 'lost');
const unreachable = new ParlorError('SERVER_UNREACHABLE', 'down');

function setup(nextDelay: (context: ReconnectContext) => number | null = () => 1000) {
  const platform = new FakePlatform();
  const controller = new AbortController();
  const reconnector = new Reconnector({
    platform,
    policy: { nextDelay },
    logger: silentLogger,
    signal: controller.signal,
  });
  return { platform, controller, reconnector };
}

describe('Reconnector', () => {
  it('waits as the policy says and stops at the first success', async () => {
    const contexts: ReconnectContext[] = [];
    const { platform, reconnector } = setup((context) => {
      contexts.push(context);
      return 1000;
    });
    let attempts = 0;
    const done = reconnector.run(() => (++attempts < 3 ? Promise.reject(unreachable) : Promise.resolve()), {
      cause: lost,
    });
    await platform.clock.advance(2999);
    expect(attempts).toBe(2);
    await platform.clock.advance(1);
    await done;
    expect(contexts.map(({ attempt, elapsed, error }) => [attempt, elapsed, error.code])).toEqual([
      [0, 0, 'CONNECTION_LOST'],
      [1, 1000, 'SERVER_UNREACHABLE'],
      [2, 2000, 'SERVER_UNREACHABLE'],
    ]);
    expect(platform.held).toMatchObject({ timers: 0, pageListeners: 0 });
  });

  it.each(['online', 'visible'] as const)('does not wait when the page is %s again', async (event) => {
    const { platform, reconnector } = setup(() => 60_000);
    const done = reconnector.run(() => Promise.resolve(), { cause: lost });
    platform.page.emit(event);
    await done;
    expect(platform.held).toMatchObject({ timers: 0, pageListeners: 0 });
  });

  it('goes on where it stopped after a success that was none, and begins anew after a real one', async () => {
    const contexts: ReconnectContext[] = [];
    const { platform, reconnector } = setup((context) => {
      contexts.push(context);
      return 1000;
    });
    const rounds = [{ cause: lost, inVain: true }, { cause: lost, inVain: true }, { cause: lost }];
    for (const loss of rounds) {
      const done = reconnector.run(() => Promise.resolve(), loss);
      await platform.clock.advance(1000);
      await done;
    }
    expect(contexts.map(({ attempt, elapsed }) => [attempt, elapsed])).toEqual([
      [0, 0],
      [1, 1000],
      [0, 0],
    ]);
  });

  it('tells in the background that it gave up, but not that it was called off', async () => {
    const { platform, controller, reconnector } = setup(({ attempt }) => (attempt < 1 ? 10 : null));
    const told: string[] = [];
    const start = () => {
      reconnector.start(
        () => Promise.reject(unreachable),
        { cause: lost },
        ({ code }) => told.push(code),
      );
    };
    start();
    await platform.clock.advance(10);
    expect(told).toEqual(['SERVER_UNREACHABLE']);
    start();
    controller.abort();
    await platform.clock.advance(10);
    expect(told).toHaveLength(1);
  });

  it('gives up when the policy does, with the last failure', async () => {
    const { platform, reconnector } = setup(({ attempt }) => (attempt < 2 ? 10 : null));
    const done = reconnector.run(() => Promise.reject(unreachable), { cause: lost });
    done.catch(() => undefined);
    await platform.clock.advance(20);
    await expect(done).rejects.toBe(unreachable);
  });

  it.each([
    ['TOKEN_EXPIRED', 401, true],
    ['JOIN_REFUSED', 403, true],
    ['LIMIT_REACHED', 429, true],
    ['RATE_LIMITED', 429, false],
    ['PEER_ID_TAKEN', 409, false],
    ['INTERNAL', 500, false],
    ['MEDIA_UNAVAILABLE', 503, false],
    ['BROWSER_UNSUPPORTED', undefined, true],
    ['REQUEST_TIMEOUT', undefined, false],
  ])('%s (%s) ends it: %s', async (code, status, ends) => {
    const { platform, reconnector } = setup();
    let attempts = 0;
    const failure = new ParlorError(code, code, status === undefined ? {} : { status });
    const done = reconnector.run(() => (++attempts === 1 ? Promise.reject(failure) : Promise.resolve()), {
      cause: lost,
    });
    done.catch(() => undefined);
    await platform.clock.advance(2000);
    if (ends) await expect(done).rejects.toBe(failure);
    else await done;
    expect(attempts).toBe(ends ? 1 : 2);
  });

  it('is called off while it waits', async () => {
    const { platform, controller, reconnector } = setup(() => 60_000);
    const done = reconnector.run(() => Promise.resolve(), { cause: lost });
    done.catch(() => undefined);
    controller.abort();
    await expect(done).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(platform.held).toMatchObject({ timers: 0, pageListeners: 0 });
  });
});

describe('the default policy', () => {
  const delay = (attempt: number, random: number) =>
    defaultReconnectPolicy.nextDelay({ attempt, random, elapsed: 1e9, error: lost });

  it('tries at once first, then waits longer and longer up to 10 s, and never gives up', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 500].map((attempt) => delay(attempt, 1))).toEqual([
      0, 300, 600, 1200, 2400, 4800, 9600, 10_000, 10_000,
    ]);
  });

  it('spreads clients over the upper half of each wait', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, random) => {
          const full = delay(attempt, 1) ?? NaN;
          const waited = delay(attempt, random) ?? NaN;
          expect(waited).toBeGreaterThanOrEqual(full / 2);
          expect(waited).toBeLessThanOrEqual(full);
        },
      ),
    );
  });
});
