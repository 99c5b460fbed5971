import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choosePlace, type Place } from './placement.js';

const at = (...occupied: number[]) => occupied.map((count) => ({ occupied: count }));
const choose = (own: Place[], others: Place[], extra = 1) => choosePlace({ own, others, extra, limit: 10 });

describe('choosePlace', () => {
  test('a room stays together while there is room for it', () => {
    expect(choose(at(9), at(0))).toEqual({ occupied: 9 });
  });

  test('goes to the emptiest of those that it is on', () => {
    expect(choose(at(9, 3, 7), at(0))).toEqual({ occupied: 3 });
  });

  test('spreads to the emptiest of the others when it is full', () => {
    expect(choose(at(10), at(9, 4))).toEqual({ occupied: 4 });
    expect(choose(at(7), at(4), 5)).toEqual({ occupied: 4 });
  });

  test('what is larger than the limit by itself gets an empty worker', () => {
    expect(choose(at(10), at(0), 50)).toEqual({ occupied: 0 });
    expect(choose(at(0), at(0), 50)).toEqual({ occupied: 0 });
  });

  test('stays when all are full, unless another one has much less to do', () => {
    expect(choose(at(30), at(16))).toEqual({ occupied: 30 });
    expect(choose(at(30), at(14))).toEqual({ occupied: 14 });
  });

  test('without workers there is no place', () => {
    expect(choose([], [])).toBeUndefined();
  });

  test('whatever there is: a worker with room, if there is one, and no further worker without need', () => {
    const places = fc.array(
      fc.nat(40).map((occupied): Place => ({ occupied })),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(
        places,
        places,
        fc.integer({ min: 1, max: 15 }),
        fc.integer({ min: 1, max: 30 }),
        (...given) => {
          const [own, others, extra, limit] = given;
          const chosen = choosePlace({ own, others, extra, limit });
          const all = [...own, ...others];
          if (!chosen) {
            expect(all).toEqual([]);
            return;
          }
          expect(all).toContain(chosen);
          const fits = ({ occupied }: Place) => occupied === 0 || occupied + extra <= limit;
          if (all.some(fits)) expect(fits(chosen)).toBe(true);
          if (own.some(fits)) expect(own).toContain(chosen);
        },
      ),
    );
  });
});
