import { Interrupted } from './children.mjs';

/** A problem that the person at the keyboard can mend: the message says what is wrong, `fix` what to do. */
export class SetupError extends Error {
  /** @param {string} message @param {string} fix */
  constructor(message, fix) {
    super(message);
    this.name = 'SetupError';
    this.fix = fix;
  }
}

/** Tells how things go: on standard error, so that the output of what is being set up stays clean.
 * @param {string} text */
export const say = (text) => process.stderr.write(`${text}\n`);

/** Seconds since `start` (of `performance.now()`), for people.
 * @param {number} start */
export const since = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;

/**
 * Runs one step and prints one line for it. While a step runs long it says that it is alive every ten seconds,
 * unless it reports progress of its own.
 * @template T
 * @param {string} name
 * @param {(progress: (text: string) => void) => Promise<{ did: string, value: T }>} action
 * @returns {Promise<T>}
 */
export async function step(name, action) {
  const start = performance.now();
  let lastWord = start;
  const progress = (/** @type {string} */ text) => {
    lastWord = performance.now();
    say(`  ${name}: ${text}`);
  };
  const alive = setInterval(() => {
    if (performance.now() - lastWord > 9_000) progress(`still at it, ${since(start)}`);
  }, 10_000);
  try {
    const { did, value } = await action(progress);
    say(`✓ ${name}: ${did} (${since(start)})`);
    return value;
  } catch (error) {
    say(`✗ ${name} (${since(start)})`);
    throw error;
  } finally {
    clearInterval(alive);
  }
}

/** Prints an error: what to do for a `SetupError`, the stack for a mistake of ours.
 * @param {unknown} error */
export function explain(error) {
  if (error instanceof Interrupted) return;
  if (error instanceof SetupError) {
    process.stderr.write(`\n${error.message}\n\nTo mend it: ${error.fix}\n`);
  } else {
    process.stderr.write(`\n${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

/** Runs a command of `package.json`: its result is the exit code, and what it throws is explained.
 * @param {() => Promise<number>} main */
export async function command(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    explain(error);
    process.exitCode = 1;
  }
}
