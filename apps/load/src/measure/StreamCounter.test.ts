import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writeRtp } from '../media/rtp.js';
import { StreamCounter } from './StreamCounter.js';

const packet = (sequenceNumber: number): Buffer =>
  writeRtp({ payloadType: 96, marker: false, sequenceNumber, timestamp: 0, ssrc: 1 }, Buffer.alloc(8));

function counted(numbers: readonly number[]): StreamCounter {
  const counter = new StreamCounter();
  numbers.forEach((number, index) => {
    counter.add(packet(number), index);
  });
  return counter;
}

it('counts packets, bytes and what is missing between them', () => {
  const counter = counted([10, 11, 14]);
  expect(counter.sinceMark()).toEqual({ packets: 3, bytes: 60, lost: 2 });
  expect(counter.firstAt).toBe(0);
});

it('goes on after 65535', () => {
  expect(counted([65_534, 65_535, 0, 2]).sinceMark()).toMatchObject({ packets: 4, lost: 1 });
});

it('takes what comes late as come', () => {
  expect(counted([1, 3, 2]).sinceMark()).toMatchObject({ packets: 3, lost: 0 });
});

it('counts from the mark on', () => {
  const counter = counted([1, 3]);
  counter.mark();
  expect(counter.sinceMark()).toEqual({ packets: 0, bytes: 0, lost: 0 });
  counter.add(packet(4), 9);
  counter.add(packet(6), 9);
  expect(counter.sinceMark()).toMatchObject({ packets: 2, lost: 1 });
});

it('finds every packet that was left out, wherever it begins and in whatever order neighbours come', () => {
  const stream = fc.record({
    first: fc.integer({ min: 0, max: 65_535 }),
    arrived: fc.array(fc.boolean(), { minLength: 1, maxLength: 300 }),
    swapped: fc.boolean(),
  });
  fc.assert(
    fc.property(stream, ({ first, arrived, swapped }) => {
      // The first and the last are there: before and after them nobody can know.
      const present = [true, ...arrived, true];
      const numbers = present.flatMap((there, index) => (there ? [first + index] : []));
      const last = numbers.length - 1;
      const [a, b] = [numbers[last - 1], numbers[last]];
      if (swapped && last > 1 && a !== undefined && b !== undefined) numbers.splice(last - 1, 2, b, a);
      expect(counted(numbers).sinceMark()).toMatchObject({
        packets: numbers.length,
        lost: present.length - numbers.length,
      });
    }),
  );
});
