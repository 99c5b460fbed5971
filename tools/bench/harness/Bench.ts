import type { Detail, Measurement } from './result.js';

export interface Bench {
  readonly name: string;
  /** One line for the table of results. */
  readonly about: string;
  /** What it compares with, which may be missing: the variable that names its binary, and how to get it. */
  readonly needs?: { program: string; what: string };
  run(): Promise<{ measurements: Measurement[]; details: Detail[] }>;
  /** Lets go of what it shares with others that have the same; called when the last of them has run. */
  end?(): Promise<void>;
}
