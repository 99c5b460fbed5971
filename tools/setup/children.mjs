import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Child processes that end with this one. A signal that would end this process goes to the children first; it ends
 * when they have ended, so that nothing is left behind and the last lines of a polite ending are seen.
 */

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */
/** @typedef {{ code: number, out: string }} Ended */

/** This process was told to end while it waited: there is tidying up to do, and nothing to explain. */
export class Interrupted extends Error {}

/** @type {Set<ChildProcess>} */
const live = new Set();
/** @type {NodeJS.Signals | null} */
let ending = null;
let lastSignalAt = 0;
/** The exit code to end with when the children are gone; null: that of the signal.
 * @type {number | null} */
let lastWord = null;

/** npm passes a Ctrl-C on to a child that the terminal has told already: the echo of a signal is no second signal. */
const ECHO_MS = 1_000;
/** How long a child may take to end on a Ctrl-C from the terminal before it is told once more. */
const INSIST_MS = 5_000;

/** @param {NodeJS.Signals} signal */
const exitCodeOf = (signal) => 128 + constants.signals[signal];

/** @param {NodeJS.Signals} signal */
function passOn(signal) {
  const now = Date.now();
  if (ending === signal && now - lastSignalAt < ECHO_MS) return;
  const first = ending === null;
  ending = signal;
  lastSignalAt = now;
  // A terminal sends Ctrl-C to the whole process group: the children have it.
  const told = first && signal === 'SIGINT' && process.stdin.isTTY;
  const tell = () => live.forEach((child) => child.kill(signal));
  if (told) setTimeout(tell, INSIST_MS).unref();
  else tell();
  endWhenAlone();
}

function endWhenAlone() {
  if (ending === null || live.size > 0) return;
  process.exit(lastWord ?? exitCodeOf(ending));
}

let listening = false;
function listen() {
  if (listening) return;
  listening = true;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => passOn(signal));
  }
}

/**
 * Starts a child that this process waits for when it is asked to end.
 * @param {string} file
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function start(file, args, options = {}) {
  listen();
  if (ending !== null) process.exit(exitCodeOf(ending));
  const child = spawn(file, args, options);
  live.add(child);
  const gone = () => {
    live.delete(child);
    // After the listeners of those who wait for this child.
    setImmediate(endWhenAlone);
  };
  child.once('exit', gone);
  child.once('error', gone);
  return child;
}

/** The exit code of a child, 127 when it could not be started.
 * @param {ChildProcess} child
 * @returns {Promise<number>} */
export function ended(child) {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(code ?? (signal ? exitCodeOf(signal) : 1)));
  });
}

/**
 * Runs a child in the foreground, its input and output ours, and gives its exit code.
 * @param {string} file
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export const foreground = (file, args, options = {}) =>
  ended(start(file, args, { stdio: 'inherit', ...options }));

/**
 * Runs a child in place of this process: what it makes of a signal is the exit code that whoever sent it sees.
 * @param {string} file
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export async function handOver(file, args, options = {}) {
  const code = await foreground(file, args, options);
  if (ending !== null) lastWord = code;
  return code;
}

/** Whether this process has been told to end. */
export const isEnding = () => ending !== null;

/** Ends all children, and this process with `code` after them.
 * @param {number} code */
export function endWithChildren(code) {
  lastWord = code;
  passOn('SIGTERM');
}

/**
 * Runs a child quietly: its output is collected, and given line by line to `onLine`.
 * @throws {Interrupted}
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number, onLine?: (line: string) => void }} options
 * @returns {Promise<Ended>}
 */
export async function quiet(file, args, { onLine, ...options } = {}) {
  const child = start(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let rest = '';
  const take = (/** @type {Buffer} */ chunk) => {
    out += chunk;
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    if (onLine) lines.forEach(onLine);
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  const drained = new Promise((resolve) => child.once('close', resolve));
  const code = await ended(child);
  if (ending !== null) throw new Interrupted();
  if (code !== 127) await drained;
  return { code, out };
}

/** The last lines of a long output.
 * @param {string} out @param {number} lines */
export const tail = (out, lines = 25) => out.trimEnd().split('\n').slice(-lines).join('\n');
