import { findOrInstall } from './program.mjs';

/** A TURN server for the tests.
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
  );
