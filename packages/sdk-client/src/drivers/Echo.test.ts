import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Echo, type Exchange } from './Echo.js';

/** A call: something to report on in each tenth of a second, and two reports that come anyway. */
const CALL: Exchange = { elapsed: 1000, left: 65, came: 12, lives: false };
/** Silence: a packet every 400 ms, and a report on each. */
const HUSH: Exchange = { elapsed: 1000, left: 3, came: 3, lives: false };
/** What is sent gets lost. */
const CUT: Exchange = { ...CALL, came: 2 };

const heard = (echo: Echo, exchanges: readonly Exchange[]): boolean[] =>
  exchanges.map((each) => echo.look(each) !== undefined);

const times = (count: number, exchange: Exchange): Exchange[] =>
  Array.from({ length: count }, () => exchange);

function after(exchange: Exchange): Echo {
  const echo = new Echo();
  heard(echo, times(10, exchange));
  return echo;
}

describe('Echo', () => {
  it('hears what is usual, and nothing in the reports that come anyway', () => {
    expect(heard(new Echo(), times(3, CALL))).toEqual([true, true, true]);
    expect(heard(after(CALL), times(3, CUT))).toEqual([false, false, false]);
  });

  it('does so also where it looks more often', () => {
    const close = { ...CALL, elapsed: 200, left: 13 };
    const cut = [0, 1, 0, 0, 1, 0, 0, 1, 0, 1].map((came) => ({ ...close, came }));
    expect(heard(after(CALL), cut)).not.toContain(true);
    expect(heard(after(CALL), times(4, { ...close, came: 2 }))).toContain(true);
  });

  it('expects no more than is sent', () => {
    expect(heard(after(CALL), times(3, HUSH))).toEqual([true, true, true]);
    expect(heard(after(HUSH), times(2, { ...HUSH, came: 0 }))).toEqual([false, false]);
  });

  it('hears through a network that loses some', () => {
    expect(heard(after(CALL), times(3, { ...CALL, came: 6 }))).toEqual([true, true, true]);
  });

  it('takes any report for what it needs where they are rare', () => {
    const rare = { ...CALL, came: 1 };
    expect(heard(after(rare), [rare, { ...rare, came: 0 }, rare])).toEqual([true, false, true]);
  });

  it('gets used to fewer where the path lives', () => {
    const burst = { ...CALL, came: 60 };
    const echo = after(burst);
    expect(heard(echo, times(3, CALL))).not.toContain(true);
    heard(echo, times(20, { ...CALL, lives: true }));
    expect(heard(echo, times(3, CALL))).toEqual([true, true, true]);
  });

  it('tells since when it has been quiet', () => {
    const echo = after(CALL);
    expect(echo.look(CALL)).toBeCloseTo(0);
    expect(echo.look({ ...CALL, came: 6 })).toBeCloseTo(500, -1);
  });

  it('never tells of more than the time since the last look, and of none when nothing comes', () => {
    const exchange = fc.record({
      elapsed: fc.nat(5000),
      left: fc.nat(300),
      came: fc.nat(60),
      lives: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(exchange), (exchanges) => {
        const echo = new Echo();
        for (const each of exchanges) {
          const quiet = echo.look(each);
          if (each.came === 0) expect(quiet).toBeUndefined();
          if (quiet !== undefined) {
            expect(quiet).toBeGreaterThanOrEqual(0);
            expect(quiet).toBeLessThanOrEqual(each.elapsed);
          }
        }
      }),
    );
  });
});
