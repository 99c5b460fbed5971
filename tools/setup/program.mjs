import { existsSync } from 'node:fs';
import { installDebianPackages } from './debian.mjs';
import { onPath } from './onPath.mjs';
import { SetupError } from './report.mjs';

/**
 * A program that the tests need and running a server does not.
 * @typedef {object} Program
 * @property {string} title
 * @property {string} variable names its binary in the environment
 * @property {string[]} names of the binary, the first that is on the PATH is taken
 * @property {string[]} packages Debian's
 * @property {string} purpose whose need it is: `The tests of relayed calls`
 */

/** @typedef {(packages: string[], progress: (text: string) => void) => Promise<void>} Install */

/**
 * A program for the tests: the one that its variable names, one on the PATH, or Debian's, installed.
 * @param {Program} program
 * @param {(text: string) => void} progress
 * @param {{ env?: NodeJS.ProcessEnv, install?: Install }} machine
 * @returns {Promise<{ did: string, value: string }>}
 * @throws {SetupError} that names the way out
 */
export async function findOrInstall(program, progress, machine = {}) {
  const { title, variable, names, packages, purpose } = program;
  const { env = process.env, install = installDebianPackages } = machine;
  const given = env[variable];
  if (given) {
    if (existsSync(given)) return { did: `from ${variable}`, value: given };
    throw new SetupError(
      `${variable}=${given}: there is no such file.`,
      `name the binary of ${title}, or unset the variable to have one found or installed.`,
    );
  }
  const found = onPath(names, env['PATH']);
  if (found) return { did: 'nothing to do', value: found };
  try {
    await install(packages, progress);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(
      `${purpose} need ${title}, and there is none.\n${error.message}`,
      `${error.fix},\nor set ${variable} to the binary of one that you have.`,
    );
  }
  const installed = onPath(names, env['PATH']);
  if (installed) return { did: 'installed', value: installed };
  throw new SetupError(`${title} was installed but is not on the PATH.`, `set ${variable} to its binary.`);
}
