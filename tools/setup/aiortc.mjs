import { findOrInstallInPython } from './python.mjs';

/** A Python with aiortc and WebSockets, for the tests of calls over plain SDP.
 * @param {(text: string) => void} progress
 * @param {import('./python.mjs').Machine} machine */
export const findOrInstallAiortc = (progress, machine = {}) =>
  findOrInstallInPython(
    {
      title: 'aiortc',
      variable: 'PARLOR_AIORTC',
      check: 'import aiortc, av, numpy, websockets',
      packages: ['python3-aiortc', 'python3-av', 'python3-numpy', 'python3-websockets'],
      purpose: 'The tests of calls over plain SDP',
    },
    progress,
    machine,
  );
