// Runs tasks of the workspaces: `node turbo.mjs build`. Everything stays on this machine: no telemetry, no look for
// updates, no remote cache (turbo.json).
import { fileURLToPath } from 'node:url';
import { foreground, quiet } from './children.mjs';
import { root, toolScript } from './paths.mjs';
import { command } from './report.mjs';

const options = {
  cwd: root,
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
};

/** Runs tasks and shows what is new.
 * @param {string[]} args tasks and flags */
export const turbo = (...args) =>
  foreground(process.execPath, [toolScript('turbo'), 'run', ...args, '--output-logs=new-only'], options);

/** Runs tasks and collects the output of those that fail.
 * @param {string[]} args tasks and flags */
export const quietTurbo = (...args) =>
  quiet(process.execPath, [toolScript('turbo'), 'run', ...args, '--output-logs=errors-only'], options);

if (process.argv[1] === fileURLToPath(import.meta.url)) await command(() => turbo(...process.argv.slice(2)));
