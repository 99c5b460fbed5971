import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aptDecision } from './debian.mjs';
import { findOrInstall } from './program.mjs';
import { SetupError } from './report.mjs';

const program = {
  title: 'Firefox',
  variable: 'PARLOR_FIREFOX',
  names: ['firefox-esr', 'firefox'],
  packages: ['firefox-esr'],
  purpose: 'The tests',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parlor-program-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string): string {
  const file = join(folder, name);
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
}

const quiet = () => {};
const never = () => Promise.reject(new Error('nothing was to be installed'));

describe('findOrInstall', () => {
  it('takes the one that is named before the one on the PATH', async () => {
    put('firefox-esr');
    const mine = put('mine');
    const env = { PATH: folder, PARLOR_FIREFOX: mine };
    expect(await findOrInstall(program, quiet, { env, install: never })).toEqual({
      did: 'from PARLOR_FIREFOX',
      value: mine,
    });
  });

  it('refuses a named one that is not there', async () => {
    put('firefox-esr');
    const env = { PATH: folder, PARLOR_FIREFOX: join(folder, 'mine') };
    await expect(findOrInstall(program, quiet, { env, install: never })).rejects.toThrow(
      'there is no such file',
    );
  });

  it('installs nothing where there is one already', async () => {
    const found = put('firefox');
    expect(await findOrInstall(program, quiet, { env: { PATH: folder }, install: never })).toEqual({
      did: 'nothing to do',
      value: found,
    });
  });

  it('installs the package where there is none', async () => {
    const install = (packages: string[]) => {
      for (const name of packages) put(name);
      return Promise.resolve();
    };
    expect(await findOrInstall(program, quiet, { env: { PATH: folder }, install })).toEqual({
      did: 'installed',
      value: join(folder, 'firefox-esr'),
    });
  });

  it('tells somebody who is not root both ways out', async () => {
    const install = (missing: string[]) => {
      const decision = aptDecision({ missing, root: false, apt: true });
      if (decision.kind !== 'refuse') throw new Error('root only');
      return Promise.reject(new SetupError(decision.why, decision.fix));
    };
    const error = await findOrInstall(program, quiet, { env: { PATH: folder }, install }).catch(
      (reason: unknown) => reason,
    );
    if (!(error instanceof SetupError)) throw error;
    expect(error.message).toMatch(/^The tests need Firefox, and there is none\.\n.*only root/);
    expect(error.fix).toContain('sudo apt-get install -y --no-install-recommends firefox-esr');
    expect(error.fix).toContain('or set PARLOR_FIREFOX to the binary');
  });

  it('says so when what was installed cannot be found', async () => {
    const install = () => Promise.resolve();
    const work = findOrInstall(program, quiet, { env: { PATH: folder }, install });
    await expect(work).rejects.toThrow('Firefox was installed but is not on the PATH');
  });
});
