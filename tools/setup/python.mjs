import { spawnSync } from 'node:child_process';
import { installDebianPackages } from './debian.mjs';
import { onPath } from './onPath.mjs';
import { SetupError } from './report.mjs';

/**
 * What the tests need of Python and running a server does not.
 * @typedef {object} PythonPart
 * @property {string} title
 * @property {string} variable names a Python that has it in the environment
 * @property {string} check a script that ends well where everything is there
 * @property {string[]} packages Debian's
 * @property {string} purpose whose need it is: `The tests of WHIP`
 */

/** @typedef {{ env?: NodeJS.ProcessEnv, works?: (python: string) => boolean, install?: import('./program.mjs').Install }} Machine */

/**
 * A Python with this part: the one that the variable names, or Debian's, into which it is installed.
 * @param {PythonPart} part
 * @param {(text: string) => void} progress
 * @param {Machine} machine
 * @returns {Promise<{ did: string, value: string }>}
 * @throws {SetupError} that names the way out
 */
export async function findOrInstallInPython(part, progress, machine = {}) {
  const { title, variable, check, packages, purpose } = part;
  const {
    env = process.env,
    works = (python) => spawnSync(python, ['-c', check], { stdio: 'ignore' }).status === 0,
    install = installDebianPackages,
  } = machine;
  const given = env[variable];
  if (given) {
    if (works(given)) return { did: `from ${variable}`, value: given };
    throw new SetupError(
      `${variable}=${given}: no Python with ${title}.`,
      `install what corresponds to these Debian packages: ${packages.join(' ')}; or unset the variable to have them installed.`,
    );
  }
  // Debian's packages are for its own Python, whichever other one comes first on the PATH.
  const look = () =>
    [onPath(['python3'], env['PATH']), '/usr/bin/python3'].find((python) => python && works(python));
  const found = look();
  if (found) return { did: 'nothing to do', value: found };
  try {
    await install(packages, progress);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(
      `${purpose} need ${title}, and there is none.\n${error.message}`,
      `${error.fix},\nor set ${variable} to a Python that has it.`,
    );
  }
  const installed = look();
  if (installed) return { did: 'installed', value: installed };
  throw new SetupError(
    `${title} was installed, but python3 does not find it.`,
    `set ${variable} to a Python that does.`,
  );
}
