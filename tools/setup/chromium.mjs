import { existsSync } from 'node:fs';
import { answerOf, installDebianPackages, missingPackages } from './debian.mjs';
import { onPath } from './onPath.mjs';
import { SetupError } from './report.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
/** Without any font the pages of the tests show boxes, and screenshots lie. */
const FONTS = 'fonts-liberation';

/**
 * A Chromium for the browser tests: the one that `PARLOR_CHROMIUM` names, one on the PATH, or Debian's, installed.
 * @param {(text: string) => void} progress
 * @returns {Promise<{ did: string, value: string }>}
 */
export async function findOrInstallChromium(progress) {
  const given = process.env['PARLOR_CHROMIUM'];
  if (given) {
    if (existsSync(given)) return { did: 'from PARLOR_CHROMIUM', value: given };
    throw new SetupError(
      `PARLOR_CHROMIUM=${given}: there is no such file.`,
      'name a Chromium, or unset the variable to have one found or installed.',
    );
  }
  const found = onPath(NAMES);
  if (found) {
    await addFonts(progress);
    return { did: 'nothing to do', value: found };
  }
  await installChromium(progress);
  const installed = onPath(NAMES);
  if (installed) return { did: 'installed', value: installed };
  throw new SetupError(
    'Chromium was installed but is not on the PATH.',
    'set PARLOR_CHROMIUM to its binary.',
  );
}

/** @param {(text: string) => void} progress */
async function installChromium(progress) {
  try {
    await installDebianPackages(['chromium', FONTS], progress);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(
      `The browser tests need Chromium, and there is none.\n${error.message}`,
      `${error.fix},\nor set PARLOR_CHROMIUM to a Chromium or Chrome that you have.`,
    );
  }
}

/** Fonts are worth having, not worth failing for: a machine with a browser of its own has fonts of its own.
 * @param {(text: string) => void} progress */
async function addFonts(progress) {
  const canInstall = process.getuid?.() === 0 && answerOf('apt-get', ['--version']) !== null;
  if (!canInstall || missingPackages([FONTS]).length === 0) return;
  try {
    await installDebianPackages([FONTS], progress);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    progress(`going on without ${FONTS}: ${error.message}`);
  }
}
