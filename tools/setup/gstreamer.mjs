import { spawnSync } from 'node:child_process';
import { installDebianPackages } from './debian.mjs';
import { onPath } from './onPath.mjs';
import { SetupError } from './report.mjs';

const PACKAGES = [
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
  'gstreamer1.0-nice',
  'python3-gst-1.0',
  'gir1.2-gst-plugins-base-1.0',
  'gir1.2-gst-plugins-bad-1.0',
];

/** Ends well where everything is there that the encoder of the tests is made of. */
const CHECK = `
import sys
import gi
for name in ('Gst', 'GstSdp', 'GstWebRTC'):
    gi.require_version(name, '1.0')
from gi.repository import Gst, GstSdp, GstWebRTC
Gst.init(None)
needed = ('webrtcbin', 'nicesrc', 'dtlsenc', 'srtpenc', 'vp8enc', 'openh264enc', 'opusenc', 'rtpvp8pay')
sys.exit(any(Gst.ElementFactory.find(name) is None for name in needed))
`;

/** @param {string} python */
const hasGStreamer = (python) => spawnSync(python, ['-c', CHECK], { stdio: 'ignore' }).status === 0;

/**
 * A Python with GStreamer's bindings, for the tests of WHIP: the one that PARLOR_GSTREAMER names, or Debian's.
 * @param {(text: string) => void} progress
 * @param {{ env?: NodeJS.ProcessEnv, works?: (python: string) => boolean, install?: import('./program.mjs').Install }} machine
 * @returns {Promise<{ did: string, value: string }>}
 * @throws {SetupError} that names the way out
 */
export async function findOrInstallGStreamer(progress, machine = {}) {
  const { env = process.env, works = hasGStreamer, install = installDebianPackages } = machine;
  const given = env['PARLOR_GSTREAMER'];
  if (given) {
    if (works(given)) return { did: 'from PARLOR_GSTREAMER', value: given };
    throw new SetupError(
      `PARLOR_GSTREAMER=${given}: no Python with the bindings and plugins of GStreamer.`,
      `install what corresponds to these Debian packages: ${PACKAGES.join(' ')}; or unset the variable to have them installed.`,
    );
  }
  // Its bindings are for Debian's Python, whichever other one comes first on the PATH.
  const look = () =>
    [onPath(['python3'], env['PATH']), '/usr/bin/python3'].find((python) => python && works(python));
  const found = look();
  if (found) return { did: 'nothing to do', value: found };
  try {
    await install(PACKAGES, progress);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(
      `The tests of WHIP need GStreamer, and there is none.\n${error.message}`,
      `${error.fix},\nor set PARLOR_GSTREAMER to a Python that has it.`,
    );
  }
  const installed = look();
  if (installed) return { did: 'installed', value: installed };
  throw new SetupError(
    'GStreamer was installed, but python3 does not find it.',
    'set PARLOR_GSTREAMER to a Python that does.',
  );
}
