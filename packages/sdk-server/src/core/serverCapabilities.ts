import type { RtpCapabilities } from '@parlor/protocol';
import type { MediaBackend } from './ports.js';

const known = new WeakMap<MediaBackend, Promise<RtpCapabilities>>();

/** What rooms of this backend can carry: the same for all of them, and asked of one that nobody uses. @throws MEDIA_UNAVAILABLE */
export function capabilitiesOf(backend: MediaBackend): Promise<RtpCapabilities> {
  let asked = known.get(backend);
  if (!asked) {
    asked = backend.createRoom('').then((room) => {
      const { rtpCapabilities } = room;
      room.close();
      return rtpCapabilities;
    });
    // Another time there may be a worker.
    asked.catch(() => known.delete(backend));
    known.set(backend, asked);
  }
  return asked;
}
