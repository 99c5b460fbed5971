import { answerOf, installDebianPackages, missingPackages } from './debian.mjs';
import { findOrInstall } from './program.mjs';
import { SetupError } from './report.mjs';

/** Without any font the pages of the tests show boxes, and screenshots lie. */
const FONTS = 'fonts-liberation';

/** A Chromium for the browser tests, and fonts for its pages.
 * @param {(text: string) => void} progress */
export async function findOrInstallChromium(progress) {
  const result = await findOrInstall(
    {
      title: 'Chromium',
      variable: 'PARLOR_CHROMIUM',
      names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
      packages: ['chromium', FONTS],
      purpose: 'The browser tests',
    },
    progress,
  );
  if (!process.env['PARLOR_CHROMIUM']) await addFonts(progress);
  return result;
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
