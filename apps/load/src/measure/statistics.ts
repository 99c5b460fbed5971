export interface Distribution {
  count: number;
  min: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** The value at fraction `p` (0 to 1) of ascending values, by the nearest rank. */
const at = (sorted: readonly number[], p: number): number =>
  sorted[Math.max(1, Math.ceil(sorted.length * p)) - 1] ?? NaN;

/** Undefined for no values. */
export function distributionOf(values: readonly number[]): Distribution | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return {
    count: sorted.length,
    min: at(sorted, 0),
    p50: at(sorted, 0.5),
    p95: at(sorted, 0.95),
    p99: at(sorted, 0.99),
    max: at(sorted, 1),
  };
}

/** How often each value occurs, the most frequent first. */
export function countBy<T extends string>(values: readonly T[]): Partial<Record<T, number>> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a)) as Partial<Record<T, number>>;
}
