import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { userCacheFolder } from './paths.mjs';
import { cacheKey, filesOf } from './workerCache.mjs';

type Parts = Parameters<typeof cacheKey>[0];

const parts: Parts = {
  version: '3.27.1',
  recipe: [
    ['CMakeLists.txt', 'project(a)'],
    ['compat/srtp.h', '#pragma once'],
  ],
  system: ['linux', 'x64', 'ID=debian', '3.0.22'],
};

describe('cacheKey', () => {
  it('begins with the version and stays the same for the same parts', () => {
    expect(cacheKey(parts)).toMatch(/^3\.27\.1-[0-9a-f]{16}$/);
    expect(cacheKey(structuredClone(parts))).toBe(cacheKey(parts));
  });

  it.each<[string, Parts]>([
    ['mediasoup', { ...parts, version: '3.27.2' }],
    ['content of a file', { ...parts, recipe: [['CMakeLists.txt', 'project(b)'], ...parts.recipe.slice(1)] }],
    ['name of a file', { ...parts, recipe: [['CMakeLists.cmake', 'project(a)'], ...parts.recipe.slice(1)] }],
    ['set of files', { ...parts, recipe: parts.recipe.slice(1) }],
    ['processor', { ...parts, system: ['linux', 'arm64', 'ID=debian', '3.0.22'] }],
    ['OpenSSL', { ...parts, system: ['linux', 'x64', 'ID=debian', '3.0.23'] }],
  ])('is another one for another %s', (_, other) => {
    expect(cacheKey(other)).not.toBe(cacheKey(parts));
  });

  it('does not mistake where one part ends and the next begins', () => {
    const moved: Parts = { ...parts, system: ['linuxx64', '', 'ID=debian', '3.0.22'] };
    expect(cacheKey(moved)).not.toBe(cacheKey(parts));
  });
});

describe('filesOf', () => {
  it('takes what is built, in order, and leaves out prose and proofs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parlor-recipe-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'compat'));
    mkdirSync(join(folder, 'proof'));
    for (const file of ['README.md', 'b.txt', 'compat/a.h', 'proof/prove.mjs', 'CMakeLists.txt']) {
      writeFileSync(join(folder, file), file);
    }
    expect(filesOf(folder).map(([path]) => path)).toEqual(['CMakeLists.txt', 'b.txt', 'compat/a.h']);
  });
});

describe('userCacheFolder', () => {
  it('is XDG_CACHE_HOME when that is an absolute path', () => {
    expect(userCacheFolder({ XDG_CACHE_HOME: '/var/cache/me' })).toBe('/var/cache/me');
  });

  it('is ~/.cache otherwise', () => {
    expect(userCacheFolder({ XDG_CACHE_HOME: 'relative' })).toMatch(/\/\.cache$/);
    expect(userCacheFolder({})).toMatch(/\/\.cache$/);
  });
});
