import type { Round } from './rounds.js';
import { median, summarize, trimmedMean, type Summary } from './statistics.js';

export interface Comparison {
  /** Candidate over the mean of the two baselines of its round. */
  ratio: Summary;
  /** Baseline over itself, in two processes: what a ratio of 1 looks like on this machine now. */
  control: Summary;
  baseline: Summary;
  candidate: Summary;
}

/** Compares what `of` reads out of the results. */
export function compare<T>(rounds: readonly Round<T>[], of: (result: T) => number): Comparison {
  const numbers = rounds.map(({ baseline, control, candidate }) => ({
    baseline: of(baseline),
    control: of(control),
    candidate: of(candidate),
  }));
  return {
    ratio: summarize(numbers.map((round) => (2 * round.candidate) / (round.baseline + round.control))),
    control: summarize(numbers.map((round) => round.control / round.baseline)),
    baseline: summarize(numbers.flatMap((round) => [round.baseline, round.control])),
    candidate: summarize(numbers.map((round) => round.candidate)),
  };
}

/**
 * The same with ratios of medians in place of medians of ratios: for waits that have chance in them, where a pair says
 * little. The ranges stay those of the pairs.
 */
export function compareMedians<T>(rounds: readonly Round<T>[], of: (result: T) => number): Comparison {
  return compareMiddles(rounds, of, median);
}

/**
 * The same with means without the tenth at either end: for waits for what comes in a beat (the next frame of a camera).
 * They are spread evenly, and of such a median knows little: it differs by half as much again from run to run.
 */
export function compareMeans<T>(rounds: readonly Round<T>[], of: (result: T) => number): Comparison {
  return compareMiddles(rounds, of, trimmedMean);
}

function compareMiddles<T>(
  rounds: readonly Round<T>[],
  of: (result: T) => number,
  middle: (values: readonly number[]) => number,
): Comparison {
  const compared = compare(rounds, of);
  const baselines = rounds.map((round) => of(round.baseline));
  const controls = rounds.map((round) => of(round.control));
  const candidate = middle(rounds.map((round) => of(round.candidate)));
  return {
    ...compared,
    ratio: { ...compared.ratio, median: candidate / middle([...baselines, ...controls]) },
    control: { ...compared.control, median: middle(controls) / middle(baselines) },
  };
}
