import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SILENCE, THRESHOLD, toDbov, whoSpeaks } from './loudness.js';

const streams = fc.array(
  fc.record({
    peerId: fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'),
    dbov: fc.double({ min: SILENCE, max: 0, noNaN: true }),
  }),
);

describe('whoSpeaks', () => {
  it('names who is loud enough, the loudest first, with a linear level', () => {
    expect(
      whoSpeaks([
        { peerId: 'noise', dbov: -51 },
        { peerId: 'quiet', dbov: -40 },
        { peerId: 'loud', dbov: -20 },
      ]),
    ).toEqual([
      { peerId: 'loud', level: 0.1 },
      { peerId: 'quiet', level: 0.01 },
    ]);
  });

  it('names nobody twice, at most eight, in order, and nobody below the threshold', () => {
    fc.assert(
      fc.property(streams, (given) => {
        const speakers = whoSpeaks(given);
        const ids = speakers.map(({ peerId }) => peerId);
        expect(new Set(ids).size).toBe(ids.length);
        const loud = new Set(given.filter(({ dbov }) => dbov >= THRESHOLD).map(({ peerId }) => peerId));
        expect(ids).toHaveLength(Math.min(8, loud.size));
        expect(ids.every((id) => loud.has(id))).toBe(true);
        const levels = speakers.map(({ level }) => level);
        expect(levels).toEqual([...levels].sort((a, b) => b - a));
        for (const level of levels) expect(level).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('toDbov', () => {
  it('knows full scale, a tenth of it, and silence', () => {
    expect([1, 0.1, 0, -1, 2].map(toDbov)).toEqual([0, -20, SILENCE, SILENCE, 0]);
  });
});
