// npm run bench -- <name> [arguments]: runs a benchmark of tools/bench on what was built.
import { handOver } from './children.mjs';
import { inRoot, root, toolScript } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command } from './report.mjs';

const names = process.argv.slice(2);
/**
 * Large packages: only for the benchmarks that are about them.
 * @type {import('./prepare.mjs').Part[]}
 */
const others = [];
if (names.length === 0 || names.some((name) => name.includes('janus'))) others.push('janus');
if (names.length === 0 || names.some((name) => 'recovery-stall-firefox'.startsWith(name)))
  others.push('firefox');

await command(async () => {
  const env = await prepare(['worker', 'build', 'chromium', ...others]);
  const main = inRoot('tools', 'bench', 'main.ts');
  return handOver(process.execPath, [toolScript('tsx'), main, ...names], { cwd: root, env });
});
