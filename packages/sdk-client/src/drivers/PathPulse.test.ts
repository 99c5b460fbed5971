import { describe, expect, it } from 'vitest';
import { PathPulse, type PathCounters } from './PathPulse.js';

const AT = 100_000;

const counters = (asked: number, answered: number, pair = 'pair'): PathCounters => ({
  pair,
  pairs: new Set([pair]),
  arrived: asked,
  quiet: undefined,
  left: undefined,
  asked,
  answered,
  roundTripTime: undefined,
});

/** A pulse after checks of which every `nth` was answered. */
function beating(nth: number, count = 60): { pulse: PathPulse; asked: number; answered: number } {
  const pulse = new PathPulse('send');
  let answered = 0;
  for (let asked = 1; asked <= count; asked++) {
    if (asked % nth === 0) answered += 1;
    pulse.look(counters(asked, answered), 1000 * asked);
  }
  return { pulse, asked: count, answered };
}

describe('PathPulse', () => {
  it('counts checks in a row without an answer', () => {
    const { pulse, asked, answered } = beating(1);
    expect(pulse.look(counters(asked + 2, answered), AT).checks).toMatchObject({
      answered: false,
      unanswered: 2,
    });
    expect(pulse.look(counters(asked + 3, answered + 1), AT).checks).toMatchObject({
      answered: true,
      unanswered: 0,
    });
  });

  it.each([
    [1, 0],
    [2, 0.5],
    [4, 0.75],
  ])('knows how many get lost: of %i one is answered', (nth, lossRate) => {
    const { pulse, asked, answered } = beating(nth);
    const known = pulse.look(counters(asked, answered), AT).checks?.lossRate ?? 1;
    expect(Math.abs(known - lossRate)).toBeLessThan(0.1);
  });

  it('does not count those of a path that has broken, nor of another one', () => {
    const { pulse, asked, answered } = beating(1);
    const before = pulse.look(counters(asked, answered), AT).checks?.lossRate;
    expect(pulse.look(counters(asked + 20, answered), AT).checks).toEqual({
      answered: false,
      unanswered: 20,
      overdue: 0,
      lossRate: before,
    });
    const { checks } = beating(4).pulse.look(counters(1, 0, 'other'), AT);
    expect(checks).toEqual(new PathPulse('send').look(counters(0, 0), AT).checks);
  });

  it('counts all answers of a pair that is new, and only others of one that was there', () => {
    const answers = (pairs: string[]) => {
      const pulse = new PathPulse('send');
      pulse.look({ ...counters(9, 9), pairs: new Set(pairs) }, AT);
      return pulse.look(counters(3, 3, 'other'), AT).checks?.answered;
    };
    expect(answers(['pair'])).toBe(true);
    expect(answers(['pair', 'other'])).toBe(false);
  });

  it('forgets what was lost long ago', () => {
    const { pulse, asked, answered } = beating(2);
    let checks: ReturnType<PathPulse['look']>['checks'];
    for (let more = 1; more <= 120; more++)
      ({ checks } = pulse.look(counters(asked + more, answered + more), AT));
    expect(checks?.lossRate).toBeLessThan(0.05);
  });

  it('hears a path that sends by its reports, or by a check that is answered', () => {
    const pulse = new PathPulse('send');
    const given = (at: number, arrived: number, answered: number) =>
      pulse.look({ ...counters(answered, answered), arrived, left: at / 10 }, at).quiet;
    for (let at = 0; at <= 5000; at += 1000) given(at, at / 100, 1);
    expect(given(6000, 60, 1)).toBeCloseTo(0);
    expect(given(7000, 61, 1)).toBeUndefined();
    expect(given(8000, 62, 2)).toBe(0);
  });

  it('hears a path that receives since the last packet, of whatever kind', () => {
    const pulse = new PathPulse('recv');
    const given = (at: number, arrived: number, quiet: number) =>
      pulse.look({ ...counters(1, 1), arrived, left: at / 10, quiet }, at).quiet;
    expect(given(1000, 10, 20)).toBe(0);
    expect(given(2000, 11, 900)).toBe(900);
    expect(given(3000, 11, 1900)).toBeUndefined();
    // Clocks of two reports may differ a little.
    expect(given(4000, 12, -1)).toBe(0);
  });

  it('hears a path whose packets are counted by pair, also when another takes over', () => {
    const pulse = new PathPulse('recv');
    const given = (at: number, arrived: number, pair: string) =>
      pulse.look({ ...counters(1, 1, pair), arrived }, at).quiet;
    given(1000, 500, 'pair');
    expect(given(2000, 40, 'other')).toBe(0);
    expect(given(3000, 40, 'other')).toBeUndefined();
  });

  it('knows by how much an answer is late', () => {
    const pulse = new PathPulse('recv');
    const given = (at: number, asked: number, roundTripTime?: number) =>
      pulse.look({ ...counters(asked, 1), roundTripTime }, at).checks?.overdue;
    expect([given(0, 1), given(1000, 1), given(2000, 2), given(2200, 2)]).toEqual([0, 0, 0, 200]);
    expect([given(2400, 2, 300), given(2800, 2, 300)]).toEqual([0, 200]);
  });

  it('takes a path of which little is known for neither the best nor the worst', () => {
    const { checks } = new PathPulse('send').look(counters(0, 0), AT);
    expect(checks?.lossRate).toBeCloseTo(0.3);
  });
});
