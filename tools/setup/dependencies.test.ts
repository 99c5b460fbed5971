import { describe, expect, it } from 'vitest';
import { matches, stampOf } from './dependencies.mjs';

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
