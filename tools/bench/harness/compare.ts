import type { Round } from './rounds.js';
import { summarize, type Summary } from './statistics.js';

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
