// npm run dev: the reference server from source, started anew on every change; the client SDK built on every change;
// the demo by Vite's development server. When one of them ends, or this process is told to, all of them end.
import { build } from './build.mjs';
import { endWithChildren, ended, isEnding, start } from './children.mjs';
import { inRoot, root, toolScript } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command, say, step } from './report.mjs';

/** @typedef {{ name: string, cwd: string, args: string[] }} Watcher */

/** @type {Watcher[]} */
const watchers = [
  {
    name: 'server',
    cwd: root,
    args: [
      toolScript('tsx'),
      ...['watch', '--clear-screen=false', '--conditions=@parlor/source'],
      inRoot('apps', 'reference-server', 'src', 'main.ts'),
      ...['--dev', ...process.argv.slice(2)],
    ],
  },
  {
    name: 'client',
    cwd: inRoot('packages', 'sdk-client'),
    args: [toolScript('tsup'), '--watch', '--no-clean'],
  },
  { name: 'demo', cwd: inRoot('apps', 'demo'), args: [toolScript('vite'), '--clearScreen', 'false'] },
];

await command(async () => {
  const env = await prepare(['worker']);
  // The demo imports what is built of it, from the first moment.
  await step('client SDK', async () => ({
    did: await build('--filter=@parlor/sdk-client'),
    value: undefined,
  }));
  const first = await Promise.race(
    watchers.map(async ({ name, cwd, args }) => {
      const child = start(process.execPath, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
      return { name, code: await ended(child) };
    }),
  );
  if (!isEnding()) say(`dev: ${first.name} has ended (code ${first.code}), so the others end too`);
  endWithChildren(first.code);
  return first.code;
});
