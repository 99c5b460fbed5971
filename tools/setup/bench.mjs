// npm run bench -- <name> [arguments]: runs a benchmark of tools/bench on what was built.
import { handOver } from './children.mjs';
import { inRoot, root, toolScript } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command } from './report.mjs';

/** @type {import('./prepare.mjs').Part[]} */
const JANUS = ['janus'];
const names = process.argv.slice(2);
/** Janus is a large package: only for what compares with it. */
const wantsJanus = names.length === 0 || names.some((name) => name.includes('janus'));

await command(async () => {
  const env = await prepare(['worker', 'build', 'chromium', ...(wantsJanus ? JANUS : [])]);
  const main = inRoot('tools', 'bench', 'main.ts');
  return handOver(process.execPath, [toolScript('tsx'), main, ...names], { cwd: root, env });
});
