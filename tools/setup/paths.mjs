import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A path inside the repository.
 * @param {...string} parts */
export const inRoot = (...parts) => join(root, ...parts);

/** The built reference server. */
export const serverScript = inRoot('apps', 'reference-server', 'dist', 'main.js');

/** The built load tool. */
export const loadScript = inRoot('apps', 'load', 'dist', 'main.js');

/** The user's cache folder: `XDG_CACHE_HOME` when it is an absolute path (as its specification asks), or `~/.cache`.
 * @param {NodeJS.ProcessEnv} env */
export function userCacheFolder(env = process.env) {
  const given = env['XDG_CACHE_HOME'];
  return given && isAbsolute(given) ? given : join(homedir(), '.cache');
}

/** The command line script of an installed dependency, to be run with `process.execPath`: unlike `npx`, signals and
 * exit codes go straight through.
 * @param {keyof typeof scripts} name */
export const toolScript = (name) => inRoot('node_modules', scripts[name]);

const scripts = {
  eslint: 'eslint/bin/eslint.js',
  playwright: '@playwright/test/cli.js',
  prettier: 'prettier/bin/prettier.cjs',
  tsup: 'tsup/dist/cli-default.js',
  tsx: 'tsx/dist/cli.mjs',
  turbo: 'turbo/bin/turbo',
  typescript: 'typescript/bin/tsc',
  vite: 'vite/bin/vite.js',
  vitest: 'vitest/vitest.mjs',
};
