import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quiet, tail } from './children.mjs';
import { answerOf, installDebianPackages } from './debian.mjs';
import { inRoot } from './paths.mjs';
import { SetupError } from './report.mjs';
import { recipeFolder } from './workerCache.mjs';

const PROGRESS_EVERY_MS = 5_000;

/** What helps whenever a worker cannot be built here. */
const OTHER_WAYS =
  'or set MEDIASOUP_WORKER_BIN to a mediasoup-worker that you have; an application whose rooms all are "p2p" needs none';

/** Installs or finds everything that a build needs.
 * @param {(text: string) => void} progress */
export async function prepareBuild(progress) {
  const names = readFileSync(join(recipeFolder, 'debian-packages.txt'), 'utf8').split(/\s+/).filter(Boolean);
  const commands = { cmake: 'cmake', ninja: 'ninja-build', flatc: 'flatbuffers-compiler', 'c++': 'g++' };
  try {
    // Elsewhere than on Debian: whoever has the commands may well have the libraries too; CMake looks for them.
    const lacking = Object.keys(commands).filter((name) => answerOf(name, ['--version']) === null);
    const debian = answerOf('dpkg-query', ['--version']) !== null;
    if (debian || lacking.length > 0) await installDebianPackages(names, progress);
    const still = Object.entries(commands).filter(([name]) => answerOf(name, ['--version']) === null);
    if (still.length > 0) {
      throw new SetupError(
        `Commands are not on the PATH: ${still.map(([name]) => name).join(', ')}.`,
        `run\n    apt-get install --reinstall ${still.map(([, debianName]) => debianName).join(' ')}\nor put them on the PATH`,
      );
    }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(
      `There is no mediasoup worker for this machine yet, and it cannot be built.\n${error.message}`,
      `${error.fix},\n${OTHER_WAYS}.`,
    );
  }
}

/**
 * Builds the worker in `folder` by the recipe in tools/mediasoup-worker.
 * @param {string} folder
 * @param {(text: string) => void} progress
 * @returns {Promise<{ bin: string, srtp: 'openssl' | 'system' }>}
 */
export async function buildWorker(folder, progress) {
  const libsrtp = join(folder, 'libsrtp');
  const source = await quiet('sh', [join(recipeFolder, 'libsrtp-source.sh'), libsrtp], { timeout: 180_000 });
  const own = source.code === 0;
  if (!own) {
    progress(
      `NOTE: Debian's source of libsrtp2 could not be had (${tail(source.out, 1)}). Its binary package is used: ` +
        'it works, but forwarding costs about a third more CPU time.',
    );
  }
  const out = join(folder, 'build');
  const configured = await quiet('cmake', [
    ...['-S', recipeFolder, '-B', out, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', '-Wno-dev'],
    `-DMEDIASOUP_DIR=${inRoot('node_modules', 'mediasoup')}`,
    `-DLIBSRTP_DIR=${own ? libsrtp : ''}`,
  ]);
  if (configured.code !== 0) throw failed('CMake could not prepare the build', configured.out);

  progress('compiling, two to four minutes on two cores');
  const built = await quiet('ninja', ['-C', out, 'mediasoup-worker'], { onLine: percent(progress) });
  if (built.code !== 0) throw failed('the compiler failed', built.out);
  return { bin: join(out, 'mediasoup-worker'), srtp: own ? 'openssl' : 'system' };
}

/** Reads ninja's `[12/280] …` and tells every few seconds how far it is.
 * @param {(text: string) => void} progress */
export function percent(progress) {
  let last = performance.now();
  return (/** @type {string} */ line) => {
    const found = /^\[(\d+)\/(\d+)\]/.exec(line);
    if (!found || performance.now() - last < PROGRESS_EVERY_MS) return;
    last = performance.now();
    progress(
      `${Math.floor((100 * Number(found[1])) / Number(found[2]))} % compiled (${found[1]} of ${found[2]} files)`,
    );
  };
}

/** @param {string} what @param {string} out */
const failed = (what, out) =>
  new SetupError(
    `mediasoup's worker could not be built: ${what}.\n${tail(out)}`,
    `see tools/mediasoup-worker/README.md for the versions it needs,\n${OTHER_WAYS}.`,
  );
