import type { Machine } from './machine.js';
import type { Summary } from './statistics.js';
import type { Bound, Verdict } from './verdict.js';

/** One number that is judged. */
export interface Measurement {
  name: string;
  /** `x`: a ratio. */
  unit: 'x' | 'ms' | 'kB' | 'round trips' | 'frames';
  value: Summary;
  goal: Bound;
  gate: Bound;
  /** The baseline over itself. */
  control?: Summary;
  verdict: Verdict;
}

/** What the judged numbers were made of: an arm and what it took. */
export interface Detail {
  name: string;
  unit: string;
  value: Summary;
}

export interface BenchResult {
  /** ISO 8601, UTC. */
  date: string;
  machine: Machine;
  seconds: number;
  measurements: Measurement[];
  details: Detail[];
}

/** The last result of every benchmark, by its name. */
export type Results = Record<string, BenchResult>;
