import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_SPEAKERS, type Loudness } from './activity.js';
import { SpeakerMerge } from './SpeakerMerge.js';

let told: string[];
let merge: SpeakerMerge<string>;
beforeEach(() => {
  told = [];
  merge = new SpeakerMerge((speakers) => {
    told.push(speakers.map(({ producerId }) => producerId).join(' '));
  });
});

const loud = (levels: Record<string, number>): Loudness[] =>
  Object.entries(levels).map(([producerId, level]) => ({ producerId, level }));

describe('SpeakerMerge', () => {
  test('of one router each report is told at once', () => {
    for (const speakers of [{ a: 0.5 }, { a: 0.4 }, {}]) merge.heard('one', loud(speakers));
    expect(told).toEqual(['a', 'a', '']);
  });

  test('of several there is one a round, the loudest first', () => {
    merge.heard('one', loud({ a: 0.5, b: 0.1 }));
    merge.heard('other', loud({ c: 0.3 }));
    told.length = 0;
    for (let round = 0; round < 3; round += 1) {
      merge.heard('one', loud({ a: 0.5, b: 0.1 }));
      merge.heard('other', loud({ c: 0.3 }));
    }
    expect(told).toEqual(['a c b', 'a c b', 'a c b']);
  });

  test('who is silent is not waited for', () => {
    merge.heard('one', loud({ a: 0.5 }));
    merge.heard('other', loud({ b: 0.6 }));
    merge.heard('one', []);
    merge.heard('other', loud({ b: 0.6 }));
    expect(told.at(-1)).toBe('b');
    merge.heard('other', loud({ b: 0.6 }));
    merge.heard('other', []);
    expect(told.at(-1)).toBe('');
  });

  test('who is late is not waited for', () => {
    merge.heard('one', loud({ a: 0.5 }));
    merge.heard('other', loud({ b: 0.6 }));
    told.length = 0;
    merge.heard('one', loud({ a: 0.5 }));
    merge.heard('one', loud({ c: 0.5 }));
    expect(told).toEqual(['b c']);
  });

  test('who is gone speaks no more', () => {
    merge.heard('one', loud({ a: 0.5 }));
    merge.heard('other', loud({ b: 0.6 }));
    merge.forget('other');
    expect(told.at(-1)).toBe('a');
    told.length = 0;
    merge.forget('other');
    merge.forget('nobody');
    expect(told).toEqual([]);
    merge.heard('one', loud({ a: 0.5 }));
    expect(told).toEqual(['a']);
  });

  test('there are only so many', () => {
    const crowd = (name: string) =>
      loud(
        Object.fromEntries(
          Array.from({ length: MAX_SPEAKERS }, (_, index) => [`${name}${String(index)}`, 1 / (index + 1)]),
        ),
      );
    merge.heard('one', crowd('a'));
    merge.heard('other', crowd('b'));
    merge.heard('one', crowd('a'));
    expect(told.at(-1)?.split(' ')).toHaveLength(MAX_SPEAKERS);
  });
});
