import { installDebianPackages, missingPackages } from './debian.mjs';
import { findOrInstall } from './program.mjs';
import { SetupError } from './report.mjs';
import { stopNewService } from './services.mjs';

/**
 * A media server to compare with, for the benchmarks, which start one of their own. They go on without it: no binary then.
 * @param {(text: string) => void} progress
 * @returns {Promise<{ did: string, value: string | undefined }>}
 */
export async function findOrInstallJanus(progress) {
  try {
    return await findOrInstall(
      {
        title: 'Janus',
        variable: 'PARLOR_JANUS',
        names: ['janus'],
        packages: ['janus'],
        purpose: 'Comparisons with another media server',
      },
      progress,
      { install },
    );
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { did: `left out: ${error.message}`, value: undefined };
  }
}

/** @type {import('./program.mjs').Install} */
async function install(packages, progress) {
  const isNew = missingPackages(packages).length > 0;
  await installDebianPackages(packages, progress);
  if (isNew) await stopNewService('janus', progress);
}
