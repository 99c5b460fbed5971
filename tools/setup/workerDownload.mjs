import { chmodSync, createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { quiet } from './children.mjs';
import { inRoot } from './paths.mjs';

/** The answer has to begin, and the whole download to end, within these. */
const ANSWER_MS = 6_000;
const WHOLE_MS = 20_000;

/**
 * Where mediasoup publishes the worker for this machine: the same address that its own install script makes.
 * @param {{ version: string, repository: { url: string } }} mediasoup its package.json
 * @param {NodeJS.ProcessEnv} env
 */
export function prebuiltAddress({ version, repository }, env = process.env) {
  const base =
    env['MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL'] ??
    `${repository.url.replace(/^git\+/, '').replace(/\.git$/, '')}/releases/download`;
  const kernel = platform() === 'linux' ? `-kernel${Number.parseInt(release(), 10)}` : '';
  return `${base}/${version}/mediasoup-worker-${version}-${platform()}-${arch()}${kernel}.tgz`;
}

/**
 * Fetches mediasoup's own prebuilt worker into `folder`.
 * @param {string} folder
 * @returns {Promise<string>} the binary
 * @throws {Error} with a short reason when there is none to be had: many machines cannot reach it
 */
export async function downloadWorker(folder) {
  if (process.env['MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD'])
    throw new Error('switched off by the environment');
  const mediasoup = JSON.parse(readFileSync(inRoot('node_modules', 'mediasoup', 'package.json'), 'utf8'));
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, 'worker.tgz');
  const stop = new AbortController();
  const timers = [ANSWER_MS, WHOLE_MS].map((ms) =>
    setTimeout(() => stop.abort(new Error('no answer in time')), ms),
  );
  try {
    const response = await fetch(prebuiltAddress(mediasoup), { signal: stop.signal });
    clearTimeout(timers[0]);
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(archive), { signal: stop.signal });
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  } finally {
    timers.forEach(clearTimeout);
  }
  const { code } = await quiet('tar', ['-xzf', archive, '-C', folder]);
  const bin = join(folder, 'mediasoup-worker');
  if (code !== 0 || !existsSync(bin)) throw new Error('the archive could not be unpacked');
  chmodSync(bin, 0o755);
  return bin;
}

/** `fetch` hides why it failed in the cause.
 * @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = /** @type {NodeJS.ErrnoException | undefined} */ (error.cause);
  return cause?.code ?? cause?.message ?? error.message;
}
