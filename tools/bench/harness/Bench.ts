import type { Detail, Measurement } from './result.js';

export interface Bench {
  readonly name: string;
  /** One line for the table of results. */
  readonly about: string;
  run(): Promise<{ measurements: Measurement[]; details: Detail[] }>;
}
