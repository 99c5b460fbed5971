import { describe, expect, it } from 'vitest';
import { PathPulse, type PathCounters } from './PathPulse.js';

const counters = (asked: number, answered: number, pair = 'pair'): PathCounters => ({
  pair,
  arrived: asked,
  asked,
  answered,
  roundTripTime: undefined,
});

/** A pulse after checks of which every `nth` was answered. */
function beating(nth: number, count = 60): { pulse: PathPulse; asked: number; answered: number } {
  const pulse = new PathPulse();
  let answered = 0;
  for (let asked = 1; asked <= count; asked++) {
    if (asked % nth === 0) answered += 1;
    pulse.look(counters(asked, answered));
  }
  return { pulse, asked: count, answered };
}

describe('PathPulse', () => {
  it('counts checks in a row without an answer', () => {
    const { pulse, asked, answered } = beating(1);
    expect(pulse.look(counters(asked + 2, answered)).checks).toMatchObject({
      answered: false,
      unanswered: 2,
    });
    expect(pulse.look(counters(asked + 3, answered + 1)).checks).toMatchObject({
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
    expect(pulse.look(counters(asked, answered)).checks?.lossRate).toBeCloseTo(lossRate, 1);
  });

  it('does not count those of a path that has broken, nor of another one', () => {
    const { pulse, asked, answered } = beating(1);
    expect(pulse.look(counters(asked + 20, answered)).checks).toMatchObject({ unanswered: 20, lossRate: 0 });
    const lossy = beating(2);
    expect(lossy.pulse.look(counters(1, 0, 'other')).checks).toMatchObject({ unanswered: 0, lossRate: 0 });
  });

  it('forgets what was lost long ago', () => {
    const { pulse, asked, answered } = beating(2);
    let checks: ReturnType<PathPulse['look']>['checks'];
    for (let more = 1; more <= 120; more++)
      ({ checks } = pulse.look(counters(asked + more, answered + more)));
    expect(checks?.lossRate).toBeLessThan(0.05);
  });

  it('knows nothing of how many get lost after a few', () => {
    const { pulse } = beating(2, 4);
    expect(pulse.look(counters(4, 2)).checks?.lossRate).toBe(0);
  });
});
