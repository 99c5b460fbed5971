import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginPath,
  judge,
  QUIET_LIMIT,
  type PathLook,
  type PathState,
  type StreamLook,
  type Verdict,
} from './stall.js';

const LOOK = 1000;
const ANSWERED = { answered: true, unanswered: 0, overdue: 0, lossRate: 0 };
/** One check has no answer yet. */
const MISSED = { answered: false, unanswered: 1, overdue: 200, lossRate: 0 };

const streams = fc.array(
  fc.record<StreamLook>({
    due: fc.boolean(),
    sure: fc.boolean(),
    moved: fc.boolean(),
    refused: fc.boolean(),
  }),
  { maxLength: 4 },
);

const looks = fc.array(
  fc.record({
    direction: fc.constantFrom('send' as const, 'recv' as const),
    streams,
    quiet: fc.option(fc.nat({ max: 1000 }), { nil: undefined }),
    checks: fc.option(
      fc.record({
        answered: fc.boolean(),
        unanswered: fc.nat({ max: 6 }),
        overdue: fc.nat({ max: 3000 }),
        lossRate: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      {
        nil: undefined,
      },
    ),
  }),
  { minLength: 1, maxLength: 20 },
);

type Given = Omit<PathLook, 'at'>;

/** The states after each look, one a second. */
function follow(given: readonly Given[], begin = 0): PathState[] {
  let state = beginPath(begin);
  return given.map((look, index) => (state = judge(state, { ...look, at: begin + (index + 1) * LOOK })));
}

const verdicts = (given: readonly Given[]): Verdict[] => follow(given).map(({ verdict }) => verdict);

const stream = (more: Partial<StreamLook> = {}): StreamLook => ({
  due: true,
  sure: true,
  moved: true,
  refused: false,
  ...more,
});

const alive = (direction: 'send' | 'recv', given: Partial<StreamLook> = {}): Given => ({
  direction,
  streams: [stream(given)],
  quiet: 0,
  checks: ANSWERED,
});

const times = (count: number, look: Given): Given[] => Array.from({ length: count }, () => look);

describe('judge', () => {
  it('has nothing to complain of where nothing is due', () => {
    fc.assert(
      fc.property(looks, (given) => {
        const resting = given.map((look) => ({
          ...look,
          streams: look.streams.map((each) => ({ ...each, due: false })),
        }));
        expect(new Set(verdicts(resting))).toEqual(new Set(['idle']));
      }),
    );
  });

  it('never calls stalled what is received', () => {
    fc.assert(
      fc.property(looks, (given) => {
        const moving = given.map((look) => ({
          ...look,
          direction: 'recv' as const,
          streams: [...look.streams, stream({ moved: true })],
        }));
        expect(new Set(verdicts(moving))).toEqual(new Set(['flows']));
      }),
    );
  });

  it('never calls stalled what nobody is sure of', () => {
    fc.assert(
      fc.property(looks, (given) => {
        const unsure = given.map((look) => ({
          ...look,
          streams: look.streams.map((each) => ({ ...each, sure: false })),
        }));
        expect(verdicts(unsure)).not.toContain('stalled');
      }),
    );
  });

  it('leaves a receiving path alone that answers, whatever its publishers do', () => {
    fc.assert(
      fc.property(looks, (given) => {
        const answering = given.map((look) => ({
          ...look,
          direction: 'recv' as const,
          checks: ANSWERED,
          streams: look.streams.map((each) => ({ ...each, refused: false })),
        }));
        expect(verdicts(answering)).not.toContain('stalled');
      }),
    );
  });

  it('notices within 3 s that a path is dead, whatever was before', () => {
    fc.assert(
      fc.property(looks, fc.constantFrom('send' as const, 'recv' as const), (given, direction) => {
        const before = given.map((look) => ({ ...look, direction }));
        const dead: Given = {
          direction,
          streams: [stream({ moved: direction === 'send' })],
          quiet: undefined,
          checks: MISSED,
        };
        const after = verdicts([...before, ...times(3, dead)]).slice(given.length);
        expect(after).toContain('stalled');
      }),
    );
  });

  it('knows no time of day', () => {
    fc.assert(
      fc.property(looks, fc.nat(), (given, shift) => {
        expect(follow(given, shift).map(({ verdict }) => verdict)).toEqual(verdicts(given));
      }),
    );
  });

  it('is no worse where more is heard', () => {
    fc.assert(
      fc.property(looks, (given) => {
        const better = given.map((look) => ({
          ...look,
          quiet: 0,
          checks: ANSWERED,
        }));
        const count = (list: Verdict[]) => list.filter((verdict) => verdict === 'stalled').length;
        const [one, other] = [verdicts(given), verdicts(better)];
        expect(count(other)).toBeLessThanOrEqual(count(one));
      }),
    );
  });

  it('is slower where browsers do not count checks, and only sure of what it sends', () => {
    const silent = (direction: 'send' | 'recv', checks: Given['checks']): Given => ({
      direction,
      streams: [stream({ moved: direction === 'send' })],
      quiet: undefined,
      checks,
    });
    const after = (look: Given) => verdicts([alive(look.direction), ...times(8, look)]).indexOf('stalled');
    expect(after(silent('send', MISSED))).toBe(QUIET_LIMIT / LOOK);
    expect(after(silent('recv', MISSED))).toBe(QUIET_LIMIT / LOOK);
    expect(after(silent('send', undefined))).toBe((2 * QUIET_LIMIT) / LOOK);
    expect(after(silent('recv', undefined))).toBe(-1);
  });

  it('needs no checks where both ends report to each other', () => {
    const silent: Given = {
      ...alive('recv', { moved: false }),
      isMutual: true,
      quiet: undefined,
      checks: undefined,
    };
    const reported = { ...silent, quiet: 0 };
    expect(verdicts([alive('recv'), ...times(3, silent)]).indexOf('stalled')).toBe(QUIET_LIMIT / LOOK);
    expect(verdicts([alive('recv'), ...times(8, reported)])).not.toContain('stalled');
  });

  it('takes the server’s word for what it receives', () => {
    const refused = alive('send', { refused: true });
    expect(verdicts([...times(2, alive('send')), refused])).toEqual(['flows', 'flows', 'stalled']);
  });

  it('gives the server time to see what goes on after a rest', () => {
    const [rests, refused] = [alive('send', { due: false }), alive('send', { refused: true })];
    expect(verdicts([rests, refused, alive('send')])).toEqual(['idle', 'waiting', 'flows']);
    expect(verdicts([rests, refused, refused])).toEqual(['idle', 'waiting', 'stalled']);
  });

  it('knows by an answer that comes after the last media that there is none', () => {
    const silent = (checks: Given['checks']): Given => ({
      ...alive('recv', { moved: false }),
      quiet: undefined,
      checks,
    });
    const none = { answered: false, unanswered: 0, overdue: 0, lossRate: 0 };
    expect(verdicts([alive('recv'), ...times(2, silent(none)), silent(MISSED)]).slice(2)).toEqual([
      'waiting',
      'stalled',
    ]);
    expect(verdicts([alive('recv'), silent(none), silent(ANSWERED), silent(none)]).slice(2)).toEqual([
      'idle',
      'idle',
    ]);
  });

  it('counts from when something last came, and not from when that was seen', () => {
    const lookedAt = [1000, 2000, 2800];
    const [flowing, silent] = [alive('recv'), { ...alive('recv', { moved: false }), checks: MISSED }];
    const looks = [flowing, { ...flowing, quiet: 800 }, { ...silent, quiet: undefined }];
    const last = looks.reduce(
      (state, look, index) => judge(state, { ...look, at: lookedAt[index] ?? 0 }),
      beginPath(0),
    );
    expect(last.verdict).toBe('waiting');
    expect(judge(last, { ...silent, quiet: undefined, at: 3200 }).verdict).toBe('stalled');
  });

  it('sees that only what is sent is cut off', () => {
    const cut = (unanswered: number, lossRate = 0) => ({
      ...alive('send'),
      checks: { answered: false, unanswered, overdue: 0, lossRate },
    });
    expect(verdicts([alive('send'), cut(1), cut(2), cut(3)])).toEqual(['flows', 'flows', 'flows', 'stalled']);
  });

  it('takes for chance what is lost all the time, the more the longer', () => {
    const needed = (lossRate: number): number =>
      verdicts(
        Array.from({ length: 20 }, (_, unanswered) => ({
          ...alive('send'),
          checks: { answered: false, unanswered, overdue: 0, lossRate },
        })),
      ).indexOf('stalled');
    const states = (lossRates: number[]) => lossRates.map(needed);
    expect(states([0, 0.05, 0.1, 0.2, 0.4, 0.9, 1])).toEqual([3, 3, 3, 4, 6, 8, 3]);
  });

  it('does not take for sent what no path has answered to', () => {
    const sent = { ...alive('send'), checks: { ...ANSWERED, answered: false } };
    expect(verdicts([sent, alive('send'), sent])).toEqual(['waiting', 'flows', 'flows']);
  });

  it('waits for what has never come, and then takes it that there is nothing', () => {
    const announced = { ...alive('recv', { moved: false, sure: false }), quiet: undefined };
    expect(verdicts(times(3, announced))).toEqual(['waiting', 'idle', 'idle']);
    expect(verdicts([announced, alive('recv')])).toEqual(['waiting', 'flows']);
  });
});
