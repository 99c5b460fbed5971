import type { Access } from './access/types.js';
import type { RoomRegistry } from './core/RoomRegistry.js';
import { ParlorError } from './errors.js';
import type { Clock } from './ice/clock.js';

/** Time for those who are in rooms to hear of the end, ms. */
const DEFAULT_DRAIN_MS = 3000;

interface Drained {
  readonly rooms: Pick<RoomRegistry, 'drain' | typeof Symbol.iterator>;
  readonly clock: Pick<Clock, 'after'>;
}

/** The time before a server ends: who is in stays in, nobody else gets in. */
export class Drain {
  readonly #of: Drained;
  #draining: Promise<void> | undefined;

  constructor(of: Drained) {
    this.#of = of;
  }

  get isDraining(): boolean {
    return this.#draining !== undefined;
  }

  /** As `Parlor.drain`. */
  start(ms = DEFAULT_DRAIN_MS): Promise<void> {
    this.#draining ??= this.#wait(ms);
    return this.#draining;
  }

  #wait(ms: number): Promise<void> {
    const { rooms, clock } = this.#of;
    rooms.drain(ms);
    return new Promise((resolve) => {
      const isEmpty = () => [...rooms].every(({ peers }) => peers.size === 0);
      if (ms <= 0 || isEmpty()) {
        resolve();
        return;
      }
      const stopTimer = clock.after(ms, resolve);
      for (const room of rooms) {
        room.on('peerLeft', () => {
          if (!isEmpty()) return;
          stopTimer();
          resolve();
        });
      }
    });
  }
}

/** `access`, which lets nobody in while the server is drained. Who is in may go on with what they do. */
export function guardDraining(access: Access, isDraining: () => boolean): Access {
  return {
    async authorize(request, scope) {
      if (isDraining() && scope.action !== 'connect')
        throw new ParlorError('SERVER_CLOSING', 'the server is shutting down: try again soon');
      return access.authorize(request, scope);
    },
  };
}
