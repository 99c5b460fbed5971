// npm run setup: everything that running the server needs, and nothing that is there already.
import { prepare } from './prepare.mjs';
import { command } from './report.mjs';

await command(async () => {
  await prepare(['worker', 'build']);
  return 0;
});
