// npm run bench -- <name> [arguments]: runs a benchmark of tools/bench on what was built.
import { handOver } from './children.mjs';
import { inRoot, root, toolScript } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command } from './report.mjs';

await command(async () => {
  const env = await prepare(['worker', 'build', 'chromium', 'janus']);
  const main = inRoot('tools', 'bench', 'main.ts');
  return handOver(process.execPath, [toolScript('tsx'), main, ...process.argv.slice(2)], { cwd: root, env });
});
