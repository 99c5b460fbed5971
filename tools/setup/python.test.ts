import { describe, expect, it } from 'vitest';
import { findOrInstallAiortc } from './aiortc.mjs';
import { findOrInstallGStreamer } from './gstreamer.mjs';
import { findOrInstallInPython } from './python.mjs';
import { SetupError } from './report.mjs';

const quiet = () => undefined;

const part = {
  title: 'aiortc',
  variable: 'PARLOR_AIORTC',
  check: 'import aiortc',
  packages: ['python3-aiortc', 'python3-websockets'],
  purpose: 'The tests',
};

describe('findOrInstallInPython', () => {
  it('takes the Python named, if it has the part', async () => {
    const env = { PARLOR_AIORTC: '/opt/python' };
    const found = await findOrInstallInPython(part, quiet, { env, works: () => true });
    expect(found).toEqual({ did: 'from PARLOR_AIORTC', value: '/opt/python' });
    await expect(findOrInstallInPython(part, quiet, { env, works: () => false })).rejects.toMatchObject({
      message: expect.stringContaining('/opt/python'),
      fix: expect.stringContaining('python3-websockets'),
    });
  });

  it('installs nothing where it is there already', async () => {
    const install = () => Promise.reject(new Error('nothing was to be installed'));
    const machine = { env: { PATH: '/nowhere' }, works: () => true, install };
    expect(await findOrInstallInPython(part, quiet, machine)).toEqual({
      did: 'nothing to do',
      value: '/usr/bin/python3',
    });
  });

  it('installs what is missing, once', async () => {
    const installed: string[][] = [];
    const machine = {
      env: { PATH: '/nowhere' },
      works: () => installed.length > 0,
      install: (packages: string[]) => {
        installed.push(packages);
        return Promise.resolve();
      },
    };
    expect(await findOrInstallInPython(part, quiet, machine)).toEqual({
      did: 'installed',
      value: '/usr/bin/python3',
    });
    expect(installed).toEqual([part.packages]);
  });

  it('says what cannot be installed, and what else to do', async () => {
    const refuse = () => Promise.reject(new SetupError('no apt-get', 'install it'));
    const machine = { env: { PATH: '/nowhere' }, works: () => false, install: refuse };
    await expect(findOrInstallInPython(part, quiet, machine)).rejects.toMatchObject({
      message: expect.stringMatching(/^The tests need aiortc, and there is none\.\nno apt-get/),
      fix: expect.stringContaining('PARLOR_AIORTC'),
    });
    const lost = { ...machine, install: () => Promise.resolve() };
    await expect(findOrInstallInPython(part, quiet, lost)).rejects.toBeInstanceOf(SetupError);
  });
});

describe('the parts that the tests need', () => {
  const refuse = (packages: string[]) => Promise.reject(new SetupError(packages.join(' '), 'install them'));
  const machine = { env: { PATH: '/nowhere' }, works: () => false, install: refuse };

  it.each([
    {
      find: findOrInstallGStreamer,
      needs: 'The tests of WHIP need GStreamer',
      name: 'python3-gst-1.0',
      variable: 'PARLOR_GSTREAMER',
    },
    {
      find: findOrInstallAiortc,
      needs: 'The tests of calls over plain SDP need aiortc',
      name: 'python3-aiortc',
      variable: 'PARLOR_AIORTC',
    },
  ])('$needs', async ({ find, needs, name, variable }) => {
    await expect(find(quiet, machine)).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`^${needs}.*\n.*${name}`)),
      fix: expect.stringContaining(variable),
    });
  });
});
