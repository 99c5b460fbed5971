import { findOrInstall } from './program.mjs';

/** A Firefox for the tests of calls between two kinds of browser.
 * @param {(text: string) => void} progress */
export const findOrInstallFirefox = (progress) =>
  findOrInstall(
    {
      title: 'Firefox',
      variable: 'PARLOR_FIREFOX',
      names: ['firefox-esr', 'firefox'],
      packages: ['firefox-esr'],
      purpose: 'The tests of calls between Chromium and Firefox',
    },
    progress,
  );
