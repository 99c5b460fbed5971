import type { MediaBackend, MediaRoom } from '../core/ports.js';
import { ParlorError } from '../errors.js';

/** A server without media workers, for P2P rooms alone. */
export class NoMedia implements MediaBackend {
  readonly isAvailable = false;

  createRoom(): Promise<MediaRoom> {
    return Promise.reject(
      new ParlorError(
        'MEDIA_UNAVAILABLE',
        'this server carries no media: join with topology "p2p" (new Room({ topology: \'p2p\' }) in the client), ' +
          "or start it without media: 'none'",
      ),
    );
  }

  close(): void {
    // Nothing was opened.
  }
}
