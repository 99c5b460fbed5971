// npm run server: the built reference server alone, configured by its environment and by arguments. It is built only
// when it never was; after a change of the source, `npm run build` brings it up to date.
import { existsSync } from 'node:fs';
import { handOver } from './children.mjs';
import { root, serverScript } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command } from './report.mjs';

await command(async () => {
  const env = await prepare(existsSync(serverScript) ? ['worker'] : ['worker', 'build']);
  return handOver(process.execPath, [serverScript, ...process.argv.slice(2)], { cwd: root, env });
});
