// npm run fuzz -- [rounds]: property tests with other examples in each round, until one fails. `npm test` takes the same
// examples always.
import { randomInt } from 'node:crypto';
import { foreground, quiet } from './children.mjs';
import { root, toolScript } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command, say, SetupError } from './report.mjs';

/** @param {string | undefined} text */
function roundsOf(text) {
  const rounds = text === undefined ? Infinity : Number(text);
  if (rounds >= 1) return rounds;
  throw new SetupError(`Not a number of rounds: ${String(text)}.`, 'npm run fuzz -- 10');
}

/** The files with property tests that need nothing but Node. */
async function files() {
  const { out } = await quiet('git', ['grep', '-l', "from 'fast-check'", '--', '*.test.ts'], { cwd: root });
  return out.split('\n').filter((file) => file !== '' && !/\.(worker|coturn)\.test\.ts$/.test(file));
}

await command(async () => {
  const rounds = roundsOf(process.argv[2]);
  const env = await prepare([]);
  const args = [toolScript('vitest'), 'run', '--project', 'unit', '--reporter=dot', ...(await files())];
  for (let round = 1; round <= rounds; round++) {
    const seed = String(randomInt(2 ** 31));
    say(`\n── round ${String(round)}, PARLOR_SEED=${seed} ──`);
    const code = await foreground(process.execPath, args, { cwd: root, env: { ...env, PARLOR_SEED: seed } });
    if (code !== 0) return code;
  }
  return 0;
});
