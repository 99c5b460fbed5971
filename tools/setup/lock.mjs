import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The holder touches the file this often … */
const BEAT_MS = 5_000;
/** … and who has not done so for this long is gone (a machine that was switched off, a container that was removed). */
const STALE_MS = 30_000;

/**
 * Runs `work` while no other process runs work under the same lock file. It saves double work; results have to be put
 * in place atomically all the same, because a stale lock can be taken over by two at once.
 * @template T
 * @param {string} file
 * @param {{ waiting: () => void, work: () => Promise<T> }} run `waiting` is called once, when somebody else has the lock
 * @returns {Promise<T>}
 */
export async function withLock(file, { waiting, work }) {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !take(file); told = true) {
    if (!told) waiting();
    dropWhenStale(file);
    await wait(500);
  }
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), BEAT_MS);
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, `${hostname()} ${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
function dropWhenStale(file) {
  try {
    const [host, pid] = readFileSync(file, 'utf8').trim().split(' ');
    const dead = host === hostname() && !isAlive(Number(pid));
    if (!dead && Date.now() - statSync(file).mtimeMs < STALE_MS) return;
    // A rename can succeed once only.
    const aside = `${file}.${process.pid}`;
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    // The holder has just let go of it.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  if (!pid) return true; // being written at this moment
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
