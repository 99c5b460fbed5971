import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../ice/testing/ManualClock.js';
import { Demand, demandOf, LOWER_AFTER, NOBODY } from './Demand.js';

const HIGHEST = 2;

describe('what is wanted', () => {
  const wish = fc.record({
    isWanted: fc.boolean(),
    preferredLayers: fc.option(fc.record({ spatialLayer: fc.nat(4) }), { nil: undefined }),
  });

  test('is the highest layer of those who want any, and no more than there is', () => {
    fc.assert(
      fc.property(fc.array(wish), fc.nat(3), (wishes, highest) => {
        const demand = demandOf(wishes, highest);
        const wanted = wishes.filter(({ isWanted }) => isWanted);
        expect(demand).toBeLessThanOrEqual(highest);
        expect(demand === NOBODY).toBe(wanted.length === 0);
        for (const { preferredLayers } of wanted)
          expect(demand).toBeGreaterThanOrEqual(Math.min(preferredLayers?.spatialLayer ?? highest, highest));
        // Somebody asked for just that.
        if (demand !== NOBODY)
          expect(
            wanted.some(
              ({ preferredLayers }) => Math.min(preferredLayers?.spatialLayer ?? highest, highest) === demand,
            ),
          ).toBe(true);
      }),
    );
  });

  test('is never less when one more watches', () => {
    fc.assert(
      fc.property(fc.array(wish), wish, fc.nat(3), (wishes, newcomer, highest) => {
        expect(demandOf([...wishes, newcomer], highest)).toBeGreaterThanOrEqual(demandOf(wishes, highest));
      }),
    );
  });
});

describe('what is told', () => {
  let clock: ManualClock;
  let wanted: number;
  let told: number[];
  let demand: Demand;
  const want = async (layer: number) => {
    wanted = layer;
    demand.changed();
    await clock.pass(0);
  };
  const begin = (first: number) => {
    clock = new ManualClock();
    wanted = first;
    told = [];
    demand = new Demand({
      timer: clock,
      highest: HIGHEST,
      wanted: () => wanted,
      tell: (layer) => told.push(layer),
    });
  };
  beforeEach(() => {
    begin(HIGHEST);
  });

  test('nothing while all is wanted, which is what is sent', async () => {
    await want(HIGHEST);
    await clock.pass(10 * LOWER_AFTER);
    expect(told).toEqual([]);
  });

  test('less after a while, more at once', async () => {
    await want(0);
    await clock.pass(LOWER_AFTER - 1);
    expect(told).toEqual([]);
    await clock.pass(1);
    expect(told).toEqual([0]);
    await want(1);
    expect(told).toEqual([0, 1]);
    await want(HIGHEST);
    expect(told).toEqual([0, 1, HIGHEST]);
    await want(NOBODY);
    await clock.pass(LOWER_AFTER);
    expect(told).toEqual([0, 1, HIGHEST, NOBODY]);
  });

  test('nothing of what somebody wants again in time', async () => {
    await want(NOBODY);
    await clock.pass(LOWER_AFTER - 1);
    await want(HIGHEST);
    await want(0);
    await clock.pass(LOWER_AFTER - 1);
    await want(HIGHEST);
    await clock.pass(LOWER_AFTER);
    expect(told).toEqual([]);
  });

  test('the most that was wanted meanwhile, and then what is', async () => {
    await want(0);
    await clock.pass(1000);
    await want(1);
    await want(0);
    await clock.pass(LOWER_AFTER - 1000);
    expect(told).toEqual([1]);
    await clock.pass(LOWER_AFTER);
    expect(told).toEqual([1, 0]);
  });

  test('nothing of what changes back and forth within a turn', async () => {
    await want(0);
    await clock.pass(LOWER_AFTER);
    for (const layer of [2, 0, 1, 0]) {
      wanted = layer;
      demand.changed();
    }
    await clock.pass(LOWER_AFTER);
    expect(told).toEqual([0]);
  });

  test('that nobody watches what nobody has come for', async () => {
    begin(NOBODY);
    await clock.pass(LOWER_AFTER);
    expect(told).toEqual([NOBODY]);
  });

  test('all of it for somebody who gets ready, as long as that may take', async () => {
    begin(NOBODY);
    await clock.pass(LOWER_AFTER);
    demand.expect();
    expect(told).toEqual([NOBODY, HIGHEST]);
    await clock.pass(LOWER_AFTER - 1);
    demand.expect();
    await clock.pass(LOWER_AFTER - 1);
    expect(told).toEqual([NOBODY, HIGHEST]);
    await clock.pass(1);
    expect(told).toEqual([NOBODY, HIGHEST, NOBODY]);
  });

  test('all of it to a sender that has begun anew, and less from then on', async () => {
    await want(0);
    await clock.pass(LOWER_AFTER);
    demand.repeat();
    expect(told).toEqual([0, HIGHEST]);
    await clock.pass(LOWER_AFTER);
    expect(told).toEqual([0, HIGHEST, 0]);
  });

  test('nothing once it has ended', async () => {
    await want(0);
    demand.close();
    demand.changed();
    demand.expect();
    await clock.pass(2 * LOWER_AFTER);
    expect(told).toEqual([]);
  });

  test('never less than anybody has wanted for a while, and in the end just that', async () => {
    const step = fc.record({ layer: fc.integer({ min: NOBODY, max: HIGHEST }), then: fc.nat(7000) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        begin(HIGHEST);
        const history: { at: number; layer: number }[] = [{ at: -Infinity, layer: HIGHEST }];
        let now = 0;
        const check = () => {
          const inForce = history.findLast(({ at }) => at <= now - LOWER_AFTER)?.layer ?? HIGHEST;
          const since = history.filter(({ at }) => at > now - LOWER_AFTER).map(({ layer }) => layer);
          expect(demand.told).toBeGreaterThanOrEqual(Math.max(inForce, ...since));
        };
        for (const { layer, then } of steps) {
          const before = demand.told;
          await want(layer);
          history.push({ at: now, layer });
          // Up at once, and never down at once.
          expect(demand.told).toBe(Math.max(before, layer));
          check();
          await clock.pass(then);
          now += then;
          check();
        }
        await clock.pass(2 * LOWER_AFTER);
        expect(demand.told).toBe(wanted);
        // Nothing is said twice.
        expect(told.every((layer, index) => layer !== (told[index - 1] ?? HIGHEST))).toBe(true);
      }),
    );
  });
});
