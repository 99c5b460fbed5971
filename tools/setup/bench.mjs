// npm run bench -- <name> [arguments]: runs a benchmark of tools/bench on what was built.
import { handOver } from './children.mjs';
import { inRoot, root, toolScript } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command } from './report.mjs';

const names = process.argv.slice(2);
/** @param {string[]} benches */
const isAny = (...benches) =>
  names.length === 0 || names.some((name) => benches.some((bench) => bench.startsWith(name)));
/**
 * Large packages: only for the benchmarks that are about them.
 * @type {import('./prepare.mjs').Part[]}
 */
const others = [];
if (isAny('janus-audio', 'janus-loop-audio', 'ttff-janus', 'ttfp')) others.push('janus');
if (isAny('recovery-stall-firefox')) others.push('firefox');

await command(async () => {
  const env = await prepare(['worker', 'build', 'chromium', ...others]);
  const main = inRoot('tools', 'bench', 'main.ts');
  return handOver(process.execPath, [toolScript('tsx'), main, ...names], { cwd: root, env });
});
