import { installDebianPackages, missingPackages } from './debian.mjs';
import { findOrInstall } from './program.mjs';
import { stopNewService } from './services.mjs';

/** A TURN server for the tests, which start one of their own: no service of it is left running that was not there.
 * @param {(text: string) => void} progress */
export const findOrInstallCoturn = (progress) =>
  findOrInstall(
    {
      title: 'coturn',
      variable: 'PARLOR_TURNSERVER',
      names: ['turnserver'],
      packages: ['coturn'],
      purpose: 'The tests of relayed calls',
    },
    progress,
    { install },
  );

/** @type {import('./program.mjs').Install} */
async function install(packages, progress) {
  const isNew = missingPackages(packages).length > 0;
  await installDebianPackages(packages, progress);
  if (isNew) await stopNewService('coturn', progress);
}
