import { findOrInstallInPython } from './python.mjs';

/** Ends well where everything is there that the encoder and the player of the tests are made of. */
const CHECK = `
import sys
import gi
for name in ('Gst', 'GstSdp', 'GstWebRTC'):
    gi.require_version(name, '1.0')
from gi.repository import Gst, GstSdp, GstWebRTC
Gst.init(None)
needed = ('webrtcbin', 'nicesrc', 'dtlsenc', 'srtpenc', 'vp8enc', 'vp8dec', 'openh264enc', 'opusenc', 'opusdec', 'rtpvp8pay')
sys.exit(any(Gst.ElementFactory.find(name) is None for name in needed))
`;

/** A Python with GStreamer's bindings and plugins, for the tests of WHIP.
 * @param {(text: string) => void} progress
 * @param {import('./python.mjs').Machine} machine */
export const findOrInstallGStreamer = (progress, machine = {}) =>
  findOrInstallInPython(
    {
      title: 'GStreamer',
      variable: 'PARLOR_GSTREAMER',
      check: CHECK,
      packages: [
        'gstreamer1.0-plugins-base',
        'gstreamer1.0-plugins-good',
        'gstreamer1.0-plugins-bad',
        'gstreamer1.0-nice',
        'python3-gst-1.0',
        'gir1.2-gst-plugins-base-1.0',
        'gir1.2-gst-plugins-bad-1.0',
      ],
      purpose: 'The tests of WHIP',
    },
    progress,
    machine,
  );
