import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { answerOf } from './debian.mjs';
import { inRoot, userCacheFolder } from './paths.mjs';

/** Where the recipe for a self-built worker is. */
export const recipeFolder = inRoot('tools', 'mediasoup-worker');

/** What of the recipe folder decides what is built: not the prose, not the tests.
 * @param {string} path */
const counts = (path) => !path.endsWith('.md') && !path.startsWith('proof');

/** The files of a folder and what is in them, in a stable order.
 * @param {string} folder
 * @returns {[path: string, content: Buffer][]} */
export function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => /** @type {[string, Buffer]} */ ([relative(folder, file), readFileSync(file)]))
    .filter(([path]) => counts(path))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * The name of a worker in the cache: another mediasoup, recipe, processor, system or OpenSSL is another worker.
 * @param {{ version: string, recipe: [path: string, content: string | Buffer][], system: string[] }} parts
 */
export function cacheKey({ version, recipe, system }) {
  const hash = createHash('sha256');
  // Lengths keep what belongs to one part from being read as another.
  const add = (/** @type {string | Buffer} */ part) => hash.update(`${part.length}:`).update(part);
  recipe.flat().forEach(add);
  for (const fact of system) add(fact);
  return `${version}-${hash.digest('hex').slice(0, 16)}`;
}

/** The version of OpenSSL that a self-built worker is linked with, as far as it can be told. */
function openSslVersion() {
  const debian = answerOf('dpkg-query', ['-W', '-f', '${Version}\n', 'libssl3', 'libssl3t64']);
  const found = /\d+\.\d+\.\d+/.exec(debian || answerOf('openssl', ['version']) || '');
  return found ? found[0] : 'unknown';
}

/** Name and release of the system: libraries of another one are others. */
function systemRelease() {
  try {
    const fields = readFileSync('/etc/os-release', 'utf8').match(/^(ID|VERSION_ID)=.*$/gm);
    return (fields ?? []).sort().join(' ');
  } catch {
    return process.platform; // no such file outside Linux
  }
}

/** The version of mediasoup that is installed. */
export function mediasoupVersion() {
  return /** @type {string} */ (
    JSON.parse(readFileSync(inRoot('node_modules', 'mediasoup', 'package.json'), 'utf8')).version
  );
}

/** The folder for the worker that fits this machine and this checkout. */
export function workerFolder() {
  const key = cacheKey({
    version: mediasoupVersion(),
    recipe: filesOf(recipeFolder),
    system: [process.platform, process.arch, systemRelease(), openSslVersion()],
  });
  return join(userCacheFolder(), 'parlor', 'mediasoup-worker', key);
}
