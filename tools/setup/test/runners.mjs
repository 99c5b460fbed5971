import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foreground } from '../children.mjs';
import { root, toolScript } from '../paths.mjs';
import { one, playwrightCounts, vitestCounts } from './counts.mjs';
import { playwrightFailures, vitestFailures } from './failures.mjs';

/** @typedef {{ env: NodeJS.ProcessEnv }} Context */

/** A tool that passes or fails as a whole.
 * @param {Parameters<typeof toolScript>[0]} tool @param {string[]} args */
export const tool =
  (tool, args) =>
  async (/** @type {Context} */ { env }) =>
    one((await foreground(process.execPath, [toolScript(tool), ...args], { cwd: root, env })) === 0);

/** One project of vitest.config.ts.
 * @param {string} project */
export const vitest =
  (project) =>
  (/** @type {Context} */ { env }) =>
    withReport(async (report) => {
      const args = [
        'run',
        '--project',
        project,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ];
      const code = await foreground(process.execPath, [toolScript('vitest'), ...args], { cwd: root, env });
      const told = read(report);
      return { ...vitestCounts(told, code), failures: vitestFailures(told) };
    });

/** The browser tests, by playwright.config.ts.
 * @param {Context} context */
export const playwright = ({ env }) =>
  withReport(async (report) => {
    const code = await foreground(
      process.execPath,
      [toolScript('playwright'), 'test', '--reporter=list,json'],
      {
        cwd: root,
        env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
      },
    );
    const told = read(report);
    return { ...playwrightCounts(told, code), failures: playwrightFailures(told) };
  });

/**
 * @template T
 * @param {(report: string) => Promise<T>} run gets the path for its report
 */
async function withReport(run) {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-test-'));
  try {
    return await run(join(folder, 'report.json'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A report, or null when the runner has crashed before it wrote one.
 * @param {string} file */
function read(file) {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null; // half written
  }
}
