import type { Participant } from '@parlor/protocol';
import type { RoomUpdate } from '../../core/updates.js';
import type { AddressedSignal } from './RoomCalls.js';
import type { Place } from './Place.js';

/**
 * In a room that has moved to the server. Whom the socket was connected to by then it still reaches by signals, so that no
 * call between them ends; everybody else is played by the server.
 */
export class MovedPlace implements Place {
  readonly #before: Place;
  readonly #server: Place & { readonly others: Participant[] };

  constructor(before: Place, server: Place & { readonly others: Participant[] }) {
    this.#before = before;
    this.#server = server;
  }

  get participants(): Participant[] {
    return [...this.#before.participants, ...this.#server.others];
  }

  relay(to: string, signal: AddressedSignal['signal']): void {
    const isDirect = this.#before.participants.some(({ id }) => id === to);
    (isDirect ? this.#before : this.#server).relay(to, signal);
  }

  tell(update: RoomUpdate): void {
    this.#server.tell(update);
  }

  leave(reason: 'left' | 'connectionLost'): void {
    this.#before.leave(reason);
    this.#server.leave(reason);
  }
}
