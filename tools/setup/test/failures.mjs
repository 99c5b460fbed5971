import { isAbsolute, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from '../paths.mjs';

/**
 * What a test runner reports of a test that failed. All of them are said again at the very end: there the words of the
 * runner are thousands of lines away, and a log that is cut from above keeps its end.
 * @typedef {{ test: string, message: string }} Failure
 */

/**
 * The failures in vitest's JSON report: of tests, and of files that could not be loaded.
 * @param {{ testResults: VitestFile[] } | null} report
 * @returns {Failure[]}
 * @typedef {{ name: string, status: string, message: string, assertionResults: VitestTest[] }} VitestFile
 * @typedef {{ status: string, ancestorTitles: string[], title: string, failureMessages: string[] | null }} VitestTest
 */
export const vitestFailures = (report) =>
  (report?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [failure([fromRoot(name)], message)] : [];
    return failed.map(({ ancestorTitles, title, failureMessages }) =>
      failure([fromRoot(name), ...ancestorTitles, title], (failureMessages ?? []).join('\n')),
    );
  });

/**
 * The failures in Playwright's JSON report: of tests, also of those that passed when repeated, and of what is no test.
 * @param {{ suites: PlaywrightSuite[], errors: PlaywrightError[] } | null} report
 * @returns {Failure[]}
 * @typedef {{ message?: string }} PlaywrightError
 * @typedef {{ title: string, suites?: PlaywrightSuite[], specs: PlaywrightSpec[] }} PlaywrightSuite
 * @typedef {{ title: string, line: number, tests: { status: string, results: { errors: PlaywrightError[] }[] }[] }} PlaywrightSpec
 */
export const playwrightFailures = (report) => [
  ...(report?.suites ?? []).flatMap((suite) => inSuite(suite, [])),
  ...(report?.errors ?? []).map((error) => failure(['Playwright'], error.message ?? '')),
];

/** @param {PlaywrightSuite} suite @param {string[]} parents @returns {Failure[]} */
function inSuite({ title, suites = [], specs }, parents) {
  const path = [...parents, title];
  return [
    ...specs.flatMap((spec) =>
      spec.tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ results }) => {
          const messages = results.flatMap(({ errors }) => errors.map(({ message = '' }) => message));
          return failure([...path, `${spec.title} (line ${String(spec.line)})`], messages.join('\n'));
        }),
    ),
    ...suites.flatMap((inner) => inSuite(inner, path)),
  ];
}

/** @param {string[]} path @param {string} message @returns {Failure} */
const failure = (path, message) => ({
  test: path.join(' › '),
  message: stripVTControlCharacters(message)
    // All that vitest's report says of a test that took too long.
    .replace('Error: STACK_TRACE_ERROR', 'Error: timed out')
    .split('\n')
    .filter((line) => !/^ +at .*(\/node_modules\/|\bnode:|<anonymous>)/.test(line))
    .join('\n')
    .trim(),
});

/** @param {string} file */
const fromRoot = (file) => (isAbsolute(file) ? relative(root, file) : file);
