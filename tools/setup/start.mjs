// npm start: sets up what is missing, then runs the reference server with the demo. Arguments go to the server:
// npm start -- --help
import { handOver } from './children.mjs';
import { root, serverScript } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command } from './report.mjs';

await command(async () => {
  const env = await prepare(['worker', 'build']);
  return handOver(process.execPath, [serverScript, '--dev', ...process.argv.slice(2)], { cwd: root, env });
});
