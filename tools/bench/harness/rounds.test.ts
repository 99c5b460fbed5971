import { describe, expect, it } from 'vitest';
import { compare, compareMeans, compareMedians } from './compare.js';
import { runRounds } from './rounds.js';

describe('runRounds', () => {
  it('mirrors the order every round and drops the warm-up', async () => {
    const order: string[] = [];
    const arm = (name: string) => () => {
      order.push(name);
      return Promise.resolve(order.length);
    };
    const rounds = await runRounds(
      { baseline: arm('A'), control: arm('a'), candidate: arm('B') },
      { warmUps: 1, rounds: 2 },
    );
    expect(order.join('')).toBe('ABaaBAABa');
    expect(rounds).toEqual([
      { control: 4, candidate: 5, baseline: 6 },
      { baseline: 7, candidate: 8, control: 9 },
    ]);
  });
});

describe('runRounds, warming up together', () => {
  it('starts all arms of a warm-up at once, and those that count one after another', async () => {
    let running = 0;
    const atOnce: number[] = [];
    const arm = async () => {
      atOnce.push(++running);
      await Promise.resolve();
      return running--;
    };
    const arms = { baseline: arm, control: arm, candidate: arm };
    const rounds = await runRounds(arms, { warmUps: 1, rounds: 1, warmUpTogether: true });
    expect(atOnce).toEqual([1, 2, 3, 1, 1, 1]);
    expect(rounds).toHaveLength(1);
  });

  it('ends when its time is over, and counts all rounds after it', async () => {
    let ran = 0;
    const arm = () => Promise.resolve(++ran);
    const arms = { baseline: arm, control: arm, candidate: arm };
    const rounds = await runRounds(arms, { warmUps: 5, rounds: 2, warmUpTogether: true, warmUpLimit: 0 });
    expect([ran, rounds.length]).toEqual([6, 2]);
  });
});

describe('compare', () => {
  const rounds = [
    { baseline: 10, candidate: 12, control: 14 },
    { baseline: 20, candidate: 30, control: 20 },
    { baseline: 10, candidate: 20, control: 10 },
  ];

  it('sets the candidate against the baselines of its own round', () => {
    expect(compare(rounds, (x) => x).ratio).toEqual({ median: 1.5, min: 1, max: 2 });
  });

  it('sets the baseline against itself', () => {
    expect(compare(rounds, (x) => x).control).toEqual({ median: 1, min: 1, max: 1.4 });
  });

  it('keeps the values themselves', () => {
    const { baseline, candidate } = compare(rounds, (x) => x);
    expect(baseline).toEqual({ median: 12, min: 10, max: 20 });
    expect(candidate).toEqual({ median: 20, min: 12, max: 30 });
  });
});

describe('compareMedians', () => {
  const rounds = [
    { baseline: 10, candidate: 30, control: 20 },
    { baseline: 40, candidate: 20, control: 10 },
    { baseline: 20, candidate: 40, control: 20 },
  ];

  it('sets the medians against each other and keeps the range of the pairs', () => {
    const { ratio, control } = compareMedians(rounds, (x) => x);
    expect(ratio).toEqual({ median: 1.5, min: 0.8, max: 2 });
    expect(control).toEqual({ median: 1, min: 0.25, max: 2 });
  });
});

describe('compareMeans', () => {
  it('sets the means without the extremes against each other', () => {
    const rounds = Array.from({ length: 10 }, (_, i) => ({
      baseline: 10 + i,
      candidate: i === 0 ? 9000 : 28 + 2 * i,
      control: 10 + i,
    }));
    const { ratio, control } = compareMeans(rounds, (x) => x);
    expect(ratio.median).toBeCloseTo(39 / 14.5);
    expect(control.median).toBe(1);
  });
});
