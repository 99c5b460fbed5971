import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../paths.mjs';
import { playwrightFailures, vitestFailures } from './failures.mjs';

describe('vitestFailures', () => {
  const test = (status: string, title: string, failureMessages: string[]) => ({
    ancestorTitles: ['Room', 'join'],
    status,
    title,
    failureMessages,
  });

  it('names the file, the test and what was wrong, without colours', () => {
    const file = {
      name: join(root, 'packages/a/Room.test.ts'),
      status: 'failed',
      message: '',
      assertionResults: [
        test('passed', 'works', []),
        test('failed', 'says so', ['Error: \u001b[31mexpected 1\u001b[39m\n']),
      ],
    };
    expect(vitestFailures({ testResults: [file] })).toEqual([
      { test: 'packages/a/Room.test.ts › Room › join › says so', message: 'Error: expected 1' },
    ]);
  });

  it('leaves of a stack what is ours, and says what took too long', () => {
    const stack = [
      'Error: STACK_TRACE_ERROR',
      '    at run (file:///parlor/node_modules/vitest/x.js:1:2)',
      '    at file:///parlor/packages/a/Room.test.ts:4:2',
      '    at new Promise (<anonymous>)',
      '    at async node:internal/process/task_queues:103:5',
    ];
    const assertionResults = [test('failed', 'ends', [stack.join('\n')])];
    expect(
      vitestFailures({
        testResults: [{ name: 'a.test.ts', status: 'failed', message: '', assertionResults }],
      }),
    ).toEqual([
      {
        test: 'a.test.ts › Room › join › ends',
        message: 'Error: timed out\n    at file:///parlor/packages/a/Room.test.ts:4:2',
      },
    ]);
  });

  it('names a file that could not be loaded', () => {
    const broken = { name: 'a.test.ts', status: 'failed', message: 'No such module', assertionResults: [] };
    expect(vitestFailures({ testResults: [broken] })).toEqual([
      { test: 'a.test.ts', message: 'No such module' },
    ]);
  });

  it('knows of none when all is well, and none without a report', () => {
    const fine = { name: 'a.test.ts', status: 'passed', message: '', assertionResults: [] };
    expect(vitestFailures({ testResults: [fine] })).toEqual([]);
    expect(vitestFailures(null)).toEqual([]);
  });
});

describe('playwrightFailures', () => {
  const spec = (title: string, status: string, ...messages: string[]) => ({
    title,
    line: 12,
    tests: [{ status, results: messages.map((message) => ({ errors: [{ message }] })) }],
  });
  const suite = (title: string, specs: ReturnType<typeof spec>[]) => ({ title, specs, suites: [] });

  it('finds them in the tree of suites, those that passed the second time too', () => {
    const inner = suite('sfu', [spec('hears', 'unexpected', 'too quiet'), spec('sees', 'expected')]);
    const report = {
      suites: [{ ...suite('call.spec.ts', [spec('joins', 'flaky', 'too late', '')]), suites: [inner] }],
      errors: [],
    };
    expect(playwrightFailures(report)).toEqual([
      { test: 'call.spec.ts › joins (line 12)', message: 'too late' },
      { test: 'call.spec.ts › sfu › hears (line 12)', message: 'too quiet' },
    ]);
  });

  it('tells errors outside of tests', () => {
    expect(playwrightFailures({ suites: [], errors: [{ message: 'no such browser' }] })).toEqual([
      { test: 'Playwright', message: 'no such browser' },
    ]);
    expect(playwrightFailures(null)).toEqual([]);
  });
});
