// npm run load -- [options]: the built load tool. It is built only when it never was; after a change of the source,
// `npm run build` brings it up to date.
import { existsSync } from 'node:fs';
import { handOver } from './children.mjs';
import { loadScript, root } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command } from './report.mjs';

await command(async () => {
  const env = await prepare(existsSync(loadScript) ? [] : ['build']);
  return handOver(process.execPath, [loadScript, ...process.argv.slice(2)], { cwd: root, env });
});
