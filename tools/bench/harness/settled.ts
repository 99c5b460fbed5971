import { setTimeout as delay } from 'node:timers/promises';

/** Nothing more is under way when nothing has come for so long. */
const SETTLED_MS = 60;

/** Resolves when what `count` counts grows no more. */
export async function settled(count: () => number): Promise<void> {
  for (let before = -1, now = count(); before !== now; now = count()) {
    before = now;
    await delay(SETTLED_MS);
  }
}
