import { findOrInstallAiortc } from './aiortc.mjs';
import { build as buildWorkspaces } from './build.mjs';
import { findOrInstallChromium } from './chromium.mjs';
import { findOrInstallCoturn } from './coturn.mjs';
import { installDependencies } from './dependencies.mjs';
import { findOrInstallFirefox } from './firefox.mjs';
import { findOrInstallGStreamer } from './gstreamer.mjs';
import { findOrInstallJanus } from './janus.mjs';
import { SetupError, step } from './report.mjs';
import { findOrBuildWorker } from './worker.mjs';

const OLDEST_NODE = [20, 19];

/** @param {string} version like `20.19.0` */
export function isOldNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

/** What is asked for twice is done once.
 * @template T
 * @param {() => Promise<T>} action
 * @returns {() => Promise<T>} */
function once(action) {
  /** @type {Promise<T> | undefined} */
  let result;
  return () => (result ??= action());
}

const dependencies = once(async () => {
  if (isOldNode(process.versions.node)) {
    throw new SetupError(
      `Node ${process.versions.node} is too old.`,
      `install Node ${OLDEST_NODE.join('.')} or later (.nvmrc names the one that is tested).`,
    );
  }
  return step('dependencies', async (progress) => ({
    did: await installDependencies(progress),
    value: undefined,
  }));
});

const worker = once(async () => {
  await dependencies();
  return step('mediasoup worker', findOrBuildWorker);
});

const build = once(async () => {
  await dependencies();
  return step('build', async () => ({ did: await buildWorkspaces(), value: undefined }));
});

const chromium = once(async () => step('chromium', findOrInstallChromium));

const coturn = once(async () => step('coturn', findOrInstallCoturn));

const firefox = once(async () => step('firefox', findOrInstallFirefox));

const gstreamer = once(async () => step('gstreamer', findOrInstallGStreamer));

const aiortc = once(async () => step('aiortc', findOrInstallAiortc));

const janus = once(async () => step('janus', findOrInstallJanus));

/** The parts of the set-up. Each brings along what it needs, and is cheap when there is nothing to do. */
export const parts = { dependencies, worker, build, chromium, coturn, firefox, gstreamer, aiortc, janus };

/** @typedef {keyof typeof parts} Part */

/**
 * Sets up what `wanted` names.
 * @param {Part[]} wanted
 * @returns {Promise<NodeJS.ProcessEnv>} the environment for whoever uses it
 * @throws {SetupError} when something is missing that only a person can mend
 */
export async function prepare(wanted) {
  await dependencies();
  const env = { ...process.env };
  for (const part of wanted) {
    const value = await parts[part]();
    if (part === 'worker' && value) env['MEDIASOUP_WORKER_BIN'] = value;
    if (part === 'chromium' && value) env['PARLOR_CHROMIUM'] = value;
    if (part === 'coturn' && value) env['PARLOR_TURNSERVER'] = value;
    if (part === 'firefox' && value) env['PARLOR_FIREFOX'] = value;
    if (part === 'gstreamer' && value) env['PARLOR_GSTREAMER'] = value;
    if (part === 'aiortc' && value) env['PARLOR_AIORTC'] = value;
    if (part === 'janus' && value) env['PARLOR_JANUS'] = value;
  }
  return env;
}
