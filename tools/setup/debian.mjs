import { spawnSync } from 'node:child_process';
import { quiet, tail } from './children.mjs';
import { SetupError } from './report.mjs';

/**
 * @typedef {{ missing: string[], root: boolean, apt: boolean }} Situation
 * @typedef {{ kind: 'nothing' }} Nothing
 * @typedef {{ kind: 'install', args: string[] }} Install
 * @typedef {{ kind: 'refuse', why: string, fix: string }} Refuse
 */

/** What to do about Debian packages that are needed.
 * @param {Situation} situation
 * @returns {Nothing | Install | Refuse} */
export function aptDecision({ missing, root, apt }) {
  if (missing.length === 0) return { kind: 'nothing' };
  const names = missing.join(' ');
  if (!apt) {
    return {
      kind: 'refuse',
      why: `This machine has no apt-get to install them with: ${names}.`,
      fix: `install what corresponds to these Debian packages: ${names}`,
    };
  }
  if (!root) {
    return {
      kind: 'refuse',
      why: `Debian packages are missing, and only root can install them: ${names}.`,
      fix: `run\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names}\nand then the same command again`,
    };
  }
  return { kind: 'install', args: ['install', '-y', '--no-install-recommends', ...missing] };
}

/** The packages among `names` that are not installed, by the answer of
 * `dpkg-query -W -f '${Package} ${db:Status-Status}\n'`.
 * @param {string[]} names @param {string} answer */
export function missingIn(names, answer) {
  const installed = new Set();
  for (const line of answer.split('\n')) {
    const [name, status] = line.split(' ');
    if (status === 'installed') installed.add(name);
  }
  return names.filter((name) => !installed.has(name));
}

/** What a short command printed, or null when there is no such command.
 * @param {string} file @param {string[]} args */
export function answerOf(file, args) {
  const result = spawnSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return result.error ? null : result.stdout;
}

/** @param {string[]} names */
export function missingPackages(names) {
  const answer = answerOf('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names]);
  return missingIn(names, answer ?? '');
}

/**
 * Installs the Debian packages among `names` that are missing.
 * @param {string[]} names
 * @param {(text: string) => void} progress
 * @throws {SetupError} that names the command, when this process may not or cannot install them
 */
export async function installDebianPackages(names, progress) {
  const decision = aptDecision({
    missing: missingPackages(names),
    root: process.getuid?.() === 0,
    apt: answerOf('apt-get', ['--version']) !== null,
  });
  if (decision.kind === 'nothing') return;
  if (decision.kind === 'refuse') throw new SetupError(decision.why, decision.fix);

  progress(`installing Debian packages: ${decision.args.slice(3).join(' ')}`);
  // Lists may be old or absent; should the update fail, the install tells whether that matters.
  await apt(['update']);
  const { code, out } = await apt(decision.args);
  if (code !== 0) {
    throw new SetupError(
      `apt-get could not install them:\n${tail(out)}`,
      `mend what apt-get complains about, or run by hand\n    apt-get update && apt-get ${decision.args.join(' ')}`,
    );
  }
}

/** @param {string[]} args */
const apt = (args) =>
  quiet('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
