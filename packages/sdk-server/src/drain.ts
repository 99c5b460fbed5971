import type { Access } from './access/types.js';
import type { RoomImpl } from './core/RoomImpl.js';
import type { RoomRegistry } from './core/RoomRegistry.js';
import { ParlorError } from './errors.js';
import type { Clock } from './ice/clock.js';

/** Time for those who are in rooms to hear of the end, ms. */
const DEFAULT_DRAIN_MS = 3000;

export interface DrainOptions {
  /** How long those who are in may stay, ms. Default 3000. */
  readonly ms?: number | undefined;
  /**
   * Another server that takes the rooms, as clients of the SDK connect to it, with the same `jwtSecret` or `resumeSecret`:
   * they go there at once, room by room in the first half of the time, as who they are. Clients that cannot stay until the
   * end. A load balancer that leaves out who answers 503 to `/health` will do, if it leads all of a room to one server.
   */
  readonly url?: string | undefined;
}

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
  start(options: DrainOptions = {}): Promise<void> {
    const { ms = DEFAULT_DRAIN_MS, url } = options;
    if (url !== undefined && !isServerUrl(url))
      return Promise.reject(
        new ParlorError('BAD_REQUEST', `url "${url}": clients go to https://, http://, wss:// or ws://`),
      );
    this.#draining ??= this.#wait(ms, url);
    return this.#draining;
  }

  #wait(ms: number, url: string | undefined): Promise<void> {
    const { rooms, clock } = this.#of;
    rooms.drain();
    if (url === undefined) for (const room of rooms) room.announceEnd({ after: ms });
    else this.#move([...rooms], { ms, url });
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

  /** One room after the other, so that the other server does not get everybody at once; all of a room together. */
  #move(rooms: readonly RoomImpl[], { ms, url }: { ms: number; url: string }): void {
    const step = ms / 2 / rooms.length;
    for (const [index, room] of rooms.entries()) {
      const wait = Math.floor(index * step);
      const announce = () => {
        if (!room.closed) room.announceEnd({ after: ms - wait, url });
      };
      if (wait === 0) announce();
      else this.#of.clock.after(wait, announce);
    }
  }
}

const SCHEMES = new Set(['https:', 'http:', 'wss:', 'ws:']);
const isServerUrl = (text: string): boolean => URL.canParse(text) && SCHEMES.has(new URL(text).protocol);

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
