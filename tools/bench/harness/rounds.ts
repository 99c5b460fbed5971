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
  /** Milliseconds after which warming up ends, on machines that take longer for it. */
  warmUpLimit?: number;
}

const FORTH: readonly ArmName[] = ['baseline', 'candidate', 'control'];
const BACK: readonly ArmName[] = [...FORTH].reverse();

/**
 * The order of the arms in round `index`, mirrored every time (A B A' A' B A ...): each candidate has a baseline on
 * either side, so a machine that gets slower or faster meanwhile treats both alike.
 */
export const orderOf = (index: number): readonly ArmName[] => (index % 2 === 0 ? FORTH : BACK);

/** Runs the arms one at a time, after rounds that only warm up compilers and caches. */
export async function runRounds<T>(
  arms: Arms<T>,
  { warmUps, rounds, warmUpTogether = false, warmUpLimit = Infinity }: RoundCounts,
): Promise<Round<T>[]> {
  const done: Round<T>[] = [];
  const beganAt = performance.now();
  let index = 0;
  const next = async (): Promise<Round<T>> => {
    const round: Partial<Round<T>> = {};
    for (const arm of orderOf(index)) round[arm] = await arms[arm]();
    return round as Round<T>;
  };
  for (; index < warmUps && performance.now() - beganAt < warmUpLimit; index++)
    await (warmUpTogether ? Promise.all(FORTH.map((arm) => arms[arm]())) : next());
  for (const end = index + rounds; index < end; index++) done.push(await next());
  return done;
}
