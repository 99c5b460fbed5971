import { describe, expect, it } from 'vitest';
import { isOutdated, matches, stampOf } from './dependencies.mjs';

const lock = {
  packages: {
    '': {},
    'packages/a': { version: '0.1.0' },
    'node_modules/a': { link: true },
    'node_modules/b': { version: '1.0.0' },
    'node_modules/b/node_modules/c': { version: '2.0.0' },
    'node_modules/for-another-system': { version: '1.0.0', optional: true },
  },
};

describe('matches', () => {
  it('accepts what the lock asks for, without what is for other systems', () => {
    const installed = {
      'node_modules/b': { version: '1.0.0' },
      'node_modules/b/node_modules/c': { version: '2.0.0' },
    };
    expect(matches(lock, { packages: installed })).toBe(true);
  });

  it('refuses another version', () => {
    const installed = {
      'node_modules/b': { version: '1.0.1' },
      'node_modules/b/node_modules/c': { version: '2.0.0' },
    };
    expect(matches(lock, { packages: installed })).toBe(false);
  });

  it('refuses a missing package', () => {
    expect(matches(lock, { packages: { 'node_modules/b': { version: '1.0.0' } } })).toBe(false);
  });
});

describe('stampOf', () => {
  it('changes with the lock', () => {
    expect(stampOf('{}')).toBe(stampOf('{}'));
    expect(stampOf('{}')).not.toBe(stampOf('{ }'));
  });
});

describe('isOutdated', () => {
  const refusal = (...lines: string[]) =>
    ['npm error code EUSAGE', ...lines].map((line) => `npm error ${line}`).join('\n');
  const foreign = 'Missing: @turbo/darwin-64@ from lock file';

  it('is so when the lock lacks a version or has another one', () => {
    expect(isOutdated(refusal('Missing: left-pad@1.3.0 from lock file'))).toBe(true);
    expect(isOutdated(refusal(foreign, 'Missing: @scope/name@1.3.0 from lock file'))).toBe(true);
    expect(isOutdated(refusal(foreign, "Invalid: lock file's zod@4.0.0 does not satisfy zod@4.6.7"))).toBe(
      true,
    );
  });

  it('is so when there is no usable lock at all', () => {
    expect(
      isOutdated(refusal('The `npm ci` command can only install with an existing package-lock.json')),
    ).toBe(true);
  });

  it('is not so when only packages lack that the registry does not have', () => {
    expect(isOutdated(refusal(foreign, 'Missing: @rollup/rollup-win32-x64-msvc@ from lock file'))).toBe(
      false,
    );
  });
});
