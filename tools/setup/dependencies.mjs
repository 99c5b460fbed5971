import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { quiet, tail } from './children.mjs';
import { inRoot, root } from './paths.mjs';
import { SetupError } from './report.mjs';

/** @typedef {{ version?: string, link?: boolean, optional?: boolean }} LockEntry */
/** @typedef {{ packages: Record<string, LockEntry> }} Lock */

const STAMP = inRoot('node_modules', '.parlor-setup');
const LOCK = inRoot('package-lock.json');
/** npm's own record of what it has put into `node_modules`. */
const INSTALLED = inRoot('node_modules', '.package-lock.json');

/** Prebuilt parts of packages are chosen for these. */
const machine = [process.platform, process.arch, process.versions.modules].join(' ');

/** Changes whenever `node_modules` may have to be made anew.
 * @param {string | Buffer} lock */
export const stampOf = (lock) => `${machine}\n${createHash('sha256').update(lock).digest('hex')}\n`;

/** Whether what npm has installed is what the lock asks for, say after somebody's own `npm install`. Optional packages
 * may be missing: most of them are for other platforms.
 * @param {Lock} lock @param {Lock} installed */
export function matches(lock, installed) {
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '' || !path.startsWith('node_modules/') || wanted.link) return true;
    const found = installed.packages[path];
    return found ? found.version === wanted.version : wanted.optional === true;
  });
}

/** Whether `npm ci` refuses the lock because it is out of date. It also refuses one without some optional package for
 * another system; when the registry has no such package, no lock can ever name it, and npm gives no version for it.
 * @param {string} out what `npm ci` printed */
export const isOutdated = (out) =>
  /Invalid:|Missing: \S+@\S+ from lock file/.test(out) || !out.includes('Missing: ');

/** @param {string[]} args */
function npm(args) {
  const script = process.env['npm_execpath'];
  // No package may run code while it is installed (mediasoup's would download or compile a worker, and fail offline).
  const all = [...args, '--ignore-scripts', '--no-audit', '--no-fund'];
  return script?.endsWith('.js')
    ? quiet(process.execPath, [script, ...all], { cwd: root })
    : quiet('npm', all, { cwd: root });
}

/** @param {Buffer} lock */
function upToDate(lock) {
  if (!existsSync(INSTALLED)) return false;
  const stamp = existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : '';
  if (stamp === stampOf(lock)) return true;
  const sameMachine = stamp === '' || stamp.startsWith(`${machine}\n`);
  if (!sameMachine || !matches(JSON.parse(lock.toString()), JSON.parse(readFileSync(INSTALLED, 'utf8'))))
    return false;
  remember(lock);
  return true;
}

/** @param {Buffer} lock */
function remember(lock) {
  try {
    writeFileSync(STAMP, stampOf(lock));
  } catch (error) {
    // A checkout that belongs to somebody else can be used, it only has to be looked at more closely each time.
    if (!['EACCES', 'EROFS'].includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')) throw error;
  }
}

/** Installs what `package-lock.json` names, when that has changed since the last time.
 * @param {(text: string) => void} progress */
export async function installDependencies(progress) {
  if (upToDate(readFileSync(LOCK))) return 'nothing to do';
  progress('installing from package-lock.json');
  let result = await npm(['ci']);
  if (result.code !== 0 && result.out.includes('EUSAGE')) {
    const outdated = isOutdated(result.out);
    progress(
      outdated
        ? 'package-lock.json does not fit the package.json files: bringing it up to date with npm install'
        : 'the registry lacks packages for other systems, which npm ci does not take: npm install',
    );
    result = await npm(outdated ? ['install'] : ['install', '--no-save']);
  }
  if (result.code !== 0) {
    throw new SetupError(
      `npm could not install the dependencies:\n${tail(result.out)}`,
      'check that the npm registry can be reached, then run the same command again.',
    );
  }
  remember(readFileSync(LOCK));
  return 'installed';
}
