import { SetupError } from '../report.mjs';
import { turbo } from '../turbo.mjs';
import { one } from './counts.mjs';
import { checkPackages } from './packages.mjs';
import { playwright, tool, vitest } from './runners.mjs';

/** @typedef {import('./counts.mjs').Counts & { failures?: import('./failures.mjs').Failure[] }} Outcome */

/**
 * @typedef {object} Step
 * @property {string} name what `npm test -- <name>` selects
 * @property {import('../prepare.mjs').Part[]} needs
 * @property {(context: import('./runners.mjs').Context) => Promise<Outcome>} run
 */

/** All the steps of `npm test`, the quick ones first. @type {Step[]} */
export const steps = [
  {
    name: 'format',
    needs: [],
    run: tool('prettier', ['--check', '--cache', '--cache-strategy=content', '--log-level=warn', '.']),
  },
  { name: 'lint', needs: [], run: tool('eslint', ['.', '--max-warnings=0']) },
  {
    name: 'types',
    needs: [],
    run: async () => one((await turbo('typecheck', 'typecheck:root', '--continue')) === 0),
  },
  { name: 'unit', needs: [], run: vitest('unit') },
  { name: 'worker', needs: ['worker', 'coturn'], run: vitest('worker') },
  { name: 'packages', needs: ['build'], run: checkPackages },
  {
    name: 'e2e',
    needs: ['worker', 'build', 'chromium', 'coturn', 'firefox', 'gstreamer', 'aiortc'],
    run: playwright,
  },
];

/** The steps that `names` select; all when there are none.
 * @param {string[]} names */
export function selectSteps(names) {
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    throw new SetupError(
      `No such step: ${unknown.join(', ')}.`,
      `name any of these, or none for all: ${steps.map(({ name }) => name).join(', ')}`,
    );
  }
  return names.length === 0 ? steps : steps.filter((step) => names.includes(step.name));
}
