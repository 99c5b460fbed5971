import { describe, expect, it } from 'vitest';
import { roundTripsWaitedFor, type Seen } from './roundTrips.js';

const parse = (text: string): Seen[] =>
  text
    .split(' ')
    .map((word) =>
      word.startsWith('>') ? { sent: Number(word.slice(1)) } : { answered: Number(word.slice(1)) },
    );

describe('roundTripsWaitedFor', () => {
  it.each([
    ['>1', 0, 'the first request waits for nothing'],
    ['>1 <1', 0, 'an answer after which nothing is sent was not waited for'],
    ['>1 <1 >2 <2 >3', 2, 'a chain of three'],
    ['>1 <1 >2 >3 >4 <2 <3 <4', 1, 'what goes out together waits together'],
    ['>1 <1 >2 >3 <3 >4 <2 <4', 2, 'the longest chain counts'],
    ['>1 >2 <2 <1', 0, 'two at once, nothing after'],
  ])('%s: %d (%s)', (text, count) => {
    expect(roundTripsWaitedFor(parse(text))).toBe(count);
  });
});
