import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './report.mjs';
import { withLock } from './lock.mjs';
import { buildWorker, prepareBuild } from './workerBuild.mjs';
import { workerFolder } from './workerCache.mjs';
import { starts, whyUnusable } from './workerCheck.mjs';
import { downloadWorker } from './workerDownload.mjs';

const BINARY = 'mediasoup-worker';

/**
 * A mediasoup worker that runs on this machine: the one that `MEDIASOUP_WORKER_BIN` names, a cached one, mediasoup's
 * own prebuilt one, or one that is built here. The last two land in the cache after they have been proved.
 * @param {(text: string) => void} progress
 * @returns {Promise<{ did: string, value: string }>} what was done, and the binary
 */
export async function findOrBuildWorker(progress) {
  const given = process.env['MEDIASOUP_WORKER_BIN'];
  if (given) return { did: 'from MEDIASOUP_WORKER_BIN', value: await checkGiven(given) };
  const cached = fromCache();
  if (cached) return cached;
  return withLock(`${workerFolder()}.lock`, {
    waiting: () => progress('another set-up is getting it: waiting'),
    // Whoever held the lock may have put it into the cache.
    work: async () => fromCache() ?? (await prebuilt(progress)) ?? (await built(progress)),
  });
}

/** @param {string} bin */
async function checkGiven(bin) {
  const why = existsSync(bin) ? await whyUnusable(bin) : 'there is no such file';
  if (why === null) return bin;
  throw new SetupError(
    `MEDIASOUP_WORKER_BIN=${bin} cannot be used: ${why}`,
    'name a worker of the installed mediasoup version, or unset the variable to have one made.',
  );
}

function fromCache() {
  const bin = join(workerFolder(), BINARY);
  if (!existsSync(bin)) return null;
  return starts(bin) ? { did: 'nothing to do', value: bin } : null;
}

/** @param {(text: string) => void} progress */
async function prebuilt(progress) {
  const folder = freshFolder('download');
  try {
    const bin = await downloadWorker(folder);
    const why = await whyUnusable(bin);
    if (why === null)
      return { did: "mediasoup's own prebuilt one", value: keep(bin, { origin: 'prebuilt' }) };
    progress(`mediasoup's prebuilt worker does not run here: ${why}`);
  } catch (error) {
    progress(`no prebuilt worker (${error instanceof Error ? error.message : String(error)}): building one`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return null;
}

/** @param {(text: string) => void} progress */
async function built(progress) {
  await prepareBuild(progress);
  const folder = freshFolder('build');
  try {
    const { bin, srtp } = await buildWorker(folder, progress);
    const why = await whyUnusable(bin);
    if (why !== null) {
      throw new SetupError(
        `The worker that was built does not work: ${why}`,
        'set MEDIASOUP_WORKER_BIN to another one; an application whose rooms all are "p2p" needs none.',
      );
    }
    return { did: 'built and proved', value: keep(bin, { origin: 'built', srtp }) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder beside the final one, so that a rename can move things over. What an interrupted run left is removed: who
 * holds the lock is alone here.
 * @param {string} purpose */
function freshFolder(purpose) {
  const folder = `${workerFolder()}.${purpose}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Puts a proved worker into the cache, all of it or nothing.
 * @param {string} bin
 * @param {Record<string, string>} origin */
function keep(bin, origin) {
  // Installing libraries may have changed what the name is made of: it is asked for again.
  const folder = workerFolder();
  const aside = `${folder}.new-${process.pid}`;
  mkdirSync(aside, { recursive: true });
  copyFileSync(bin, join(aside, BINARY));
  chmodSync(join(aside, BINARY), 0o755);
  writeFileSync(join(aside, 'origin.json'), `${JSON.stringify(origin)}\n`);
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(aside, folder);
  } catch (error) {
    // Somebody who took the lock for stale was faster, with the same worker.
    if (!existsSync(join(folder, BINARY))) throw error;
    rmSync(aside, { recursive: true, force: true });
  }
  return join(folder, BINARY);
}
