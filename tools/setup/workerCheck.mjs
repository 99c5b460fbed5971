import { spawnSync } from 'node:child_process';
import { quiet, tail } from './children.mjs';
import { inRoot } from './paths.mjs';

/** What the worker exits with when nobody tells it mediasoup's version (its `main.cpp`): it can be loaded and run. */
const NO_VERSION_GIVEN = 41;

/** Whether the binary can be started at all: a few milliseconds, for a worker that was proved before.
 * @param {string} bin */
export function starts(bin) {
  return spawnSync(bin, [], { env: {}, stdio: 'ignore', timeout: 10_000 }).status === NO_VERSION_GIVEN;
}

/** Why this worker cannot be used, or null: it has to start, to take DTLS handshakes in both roles and to pass
 * packets through SRTP.
 * @param {string} bin
 * @returns {Promise<string | null>} */
export async function whyUnusable(bin) {
  const prove = inRoot('tools', 'mediasoup-worker', 'proof', 'prove.mjs');
  const { code, out } = await quiet(process.execPath, [prove, bin], { timeout: 30_000 });
  if (code === 0) return null;
  return tail(out, 5) || `the proof ended with code ${code}`;
}
