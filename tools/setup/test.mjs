// npm test: the same set-up as npm start, then every test; npm test -- unit e2e runs these steps only. All steps are
// run, so that a failing one hides nothing. The last line is `N passed, N failed`.
import { prepare } from './prepare.mjs';
import { command, explain, say } from './report.mjs';
import { selectSteps } from './test/steps.mjs';
import { summary } from './test/summary.mjs';

/** A part of the set-up that several steps need fails once. */
const explained = new Set();

/**
 * @param {import('./test/steps.mjs').Step} step
 * @returns {Promise<import('./test/summary.mjs').Result>}
 */
async function runStep({ name, needs, run }) {
  say(`\n── ${name} ──`);
  let start = performance.now();
  const result = (/** @type {import('./test/steps.mjs').Outcome} */ { failures = [], ...counts }) => ({
    name,
    counts,
    failures,
    seconds: (performance.now() - start) / 1000,
  });
  try {
    const env = await prepare(needs);
    start = performance.now();
    return result(await run({ env }));
  } catch (error) {
    if (explained.has(error)) say('  not run: see above');
    else explain(error);
    explained.add(error);
    return result({ passed: 0, failed: 1, skipped: 0 });
  }
}

await command(async () => {
  const results = [];
  for (const step of selectSteps(process.argv.slice(2))) results.push(await runStep(step));
  process.stdout.write(`\n${summary(results)}`);
  return results.some(({ counts }) => counts.failed > 0) ? 1 : 0;
});
