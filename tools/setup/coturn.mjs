import { existsSync } from 'node:fs';
import { installDebianPackages } from './debian.mjs';
import { onPath } from './onPath.mjs';
import { SetupError } from './report.mjs';

/**
 * A TURN server for the tests: the coturn that `PARLOR_TURNSERVER` names, one on the PATH, or Debian's, installed.
 * Running a server needs none.
 * @param {(text: string) => void} progress
 * @returns {Promise<{ did: string, value: string }>}
 */
export async function findOrInstallCoturn(progress) {
  const given = process.env['PARLOR_TURNSERVER'];
  if (given) {
    if (existsSync(given)) return { did: 'from PARLOR_TURNSERVER', value: given };
    throw new SetupError(
      `PARLOR_TURNSERVER=${given}: there is no such file.`,
      'name the turnserver of coturn, or unset the variable to have one found or installed.',
    );
  }
  const found = onPath(['turnserver']);
  if (found) return { did: 'nothing to do', value: found };
  try {
    await installDebianPackages(['coturn'], progress);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(
      `The tests of relayed calls need coturn, and there is none.\n${error.message}`,
      `${error.fix},\nor set PARLOR_TURNSERVER to a turnserver that you have.`,
    );
  }
  const installed = onPath(['turnserver']);
  if (installed) return { did: 'installed', value: installed };
  throw new SetupError(
    'coturn was installed but is not on the PATH.',
    'set PARLOR_TURNSERVER to its binary.',
  );
}
