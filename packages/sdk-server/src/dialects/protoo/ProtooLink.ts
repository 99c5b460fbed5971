import {
  CODES,
  type ErrorCode,
  type ProtooNotificationMethod,
  type ProtooNotifications,
} from '@parlor/protocol';
import type { LinkEnd, PeerLink } from '../../core/ports.js';
import type { RoomUpdate } from '../../core/updates.js';
import type { FramedSocket } from '../dialect.js';
import { closeFrame } from './closeFrame.js';
import { notificationText, updateText } from './notifications.js';

/** A protoo client as its room sees it: numbers what it is told and writes it to the socket. */
export class ProtooLink implements PeerLink {
  readonly dialect = 'protoo';
  readonly #socket: FramedSocket;
  #seq = 0;
  #held: RoomUpdate[] | undefined;

  constructor(socket: FramedSocket) {
    this.#socket = socket;
  }

  send(update: RoomUpdate): void {
    if (this.#held) {
      this.#held.push(update);
      return;
    }
    this.#seq += 1;
    this.#socket.send(updateText(update, this.#seq));
  }

  notify<M extends ProtooNotificationMethod>(method: M, data: ProtooNotifications[M]): void {
    this.#seq += 1;
    this.#socket.send(notificationText(method, data, this.#seq));
  }

  /** From here on updates wait, so that none overtakes the answer with the snapshot that it changes. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const update of held) this.send(update);
  }

  /** The join has failed: what happened in the room meanwhile is none of this client's business. */
  discard(): void {
    this.#held = undefined;
  }

  end({ code }: LinkEnd): void {
    // Who was still joining hears why there is no room any more, but nothing of a room that it never saw.
    this.#held = this.#held?.filter(({ type }) => type === 'roomClosed');
    this.release();
    this.close(code);
  }

  close(code: ErrorCode): void {
    this.#socket.close(...closeFrame({ code, ...CODES[code] }));
  }
}
