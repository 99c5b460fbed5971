/** The baseline, the baseline again in a process of its own, and what is compared with it. */
export interface Arms<T> {
  baseline: () => Promise<T>;
  control: () => Promise<T>;
  candidate: () => Promise<T>;
}

export type ArmName = keyof Arms<unknown>;

/** One result of each arm, measured next to each other. */
export type Round<T> = Record<ArmName, T>;

export interface RoundCounts {
  warmUps: number;
  rounds: number;
  /** The arms warm up at the same time, where they have nothing in common: nothing is measured then. */
  warmUpTogether?: boolean;
}

const FORTH: readonly ArmName[] = ['baseline', 'candidate', 'control'];
const BACK: readonly ArmName[] = [...FORTH].reverse();

/**
 * The order of the arms in round `index`, mirrored every time (A B A' A' B A ...): each candidate has a baseline on
 * either side, so a machine that gets slower or faster meanwhile treats both alike.
 */
export const orderOf = (index: number): readonly ArmName[] => (index % 2 === 0 ? FORTH : BACK);

/** Runs the arms one at a time; the first `warmUps` rounds only warm up compilers and caches. */
export async function runRounds<T>(
  arms: Arms<T>,
  { warmUps, rounds, warmUpTogether = false }: RoundCounts,
): Promise<Round<T>[]> {
  const done: Round<T>[] = [];
  for (let index = 0; index < warmUps + rounds; index++) {
    const order = orderOf(index);
    if (warmUpTogether && index < warmUps) {
      await Promise.all(order.map((arm) => arms[arm]()));
      continue;
    }
    const round: Partial<Round<T>> = {};
    for (const arm of order) round[arm] = await arms[arm]();
    if (index >= warmUps) done.push(round as Round<T>);
  }
  return done;
}
