export interface Summary {
  median: number;
  min: number;
  max: number;
}

/** The value at fraction `p` (0 to 1) of the sorted values, by the nearest rank. NaN for no values. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(sorted.length * p));
  return sorted[rank - 1] ?? NaN;
}

/** The middle value, or the mean of the two middle ones. NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? NaN;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? NaN) + upper) / 2 : upper;
}

/** The mean without the lowest and the highest tenth. NaN for no values. */
export function trimmedMean(values: readonly number[]): number {
  const tenth = Math.floor(values.length / 10);
  const kept = [...values].sort((a, b) => a - b).slice(tenth, values.length - tenth);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

export function summarize(values: readonly number[]): Summary {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
