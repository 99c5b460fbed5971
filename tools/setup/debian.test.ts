import { describe, expect, it } from 'vitest';
import { aptDecision, missingIn } from './debian.mjs';

describe('aptDecision', () => {
  it('does nothing when nothing is missing, whoever asks', () => {
    expect(aptDecision({ missing: [], root: false, apt: false })).toEqual({ kind: 'nothing' });
  });

  it('installs exactly what is missing', () => {
    expect(aptDecision({ missing: ['cmake', 'g++'], root: true, apt: true })).toEqual({
      kind: 'install',
      args: ['install', '-y', '--no-install-recommends', 'cmake', 'g++'],
    });
  });

  it('names the whole command to somebody who is not root', () => {
    const decision = aptDecision({ missing: ['cmake', 'g++'], root: false, apt: true });
    expect(decision).toMatchObject({
      kind: 'refuse',
      fix: expect.stringContaining('sudo apt-get install -y --no-install-recommends cmake g++'),
    });
  });

  it('names the packages where there is no apt-get, root or not', () => {
    for (const root of [true, false]) {
      const decision = aptDecision({ missing: ['cmake', 'g++'], root, apt: false });
      expect(decision).toMatchObject({ kind: 'refuse', fix: expect.stringContaining('cmake g++') });
      expect(decision).not.toMatchObject({ fix: expect.stringContaining('apt-get') });
    }
  });
});

describe('missingIn', () => {
  const names = ['cmake', 'g++', 'ninja-build'];

  it('takes only what is fully installed as there', () => {
    expect(missingIn(names, 'cmake installed\ng++ config-files\n')).toEqual(['g++', 'ninja-build']);
  });

  it('misses everything where dpkg gives no answer', () => {
    expect(missingIn(names, '')).toEqual(names);
  });

  it('misses nothing when all are installed, in any order', () => {
    expect(missingIn(names, 'ninja-build installed\ng++ installed\ncmake installed\n')).toEqual([]);
  });
});
