import { describe, expect, it } from 'vitest';
import { findOrInstallGStreamer } from './gstreamer.mjs';
import { SetupError } from './report.mjs';

const quiet = () => undefined;

describe('findOrInstallGStreamer', () => {
  it('takes the Python named, if it has GStreamer', async () => {
    const env = { PARLOR_GSTREAMER: '/opt/python' };
    const found = await findOrInstallGStreamer(quiet, { env, works: () => true });
    expect(found).toEqual({ did: 'from PARLOR_GSTREAMER', value: '/opt/python' });
    await expect(findOrInstallGStreamer(quiet, { env, works: () => false })).rejects.toMatchObject({
      message: expect.stringContaining('/opt/python'),
      fix: expect.stringContaining('python3-gst-1.0'),
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
    expect(await findOrInstallGStreamer(quiet, machine)).toEqual({
      did: 'installed',
      value: '/usr/bin/python3',
    });
    expect(installed).toHaveLength(1);
    expect(installed[0]).toContain('gstreamer1.0-nice');
  });

  it('says what cannot be installed, and what else to do', async () => {
    const refuse = () => Promise.reject(new SetupError('no apt-get', 'install it'));
    const machine = { env: { PATH: '/nowhere' }, works: () => false, install: refuse };
    await expect(findOrInstallGStreamer(quiet, machine)).rejects.toMatchObject({
      message: expect.stringContaining('The tests of WHIP need GStreamer'),
      fix: expect.stringContaining('PARLOR_GSTREAMER'),
    });
    const lost = { ...machine, install: () => Promise.resolve() };
    await expect(findOrInstallGStreamer(quiet, lost)).rejects.toBeInstanceOf(SetupError);
  });
});
