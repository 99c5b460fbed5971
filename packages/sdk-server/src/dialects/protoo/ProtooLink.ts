import { CODES, type ProtooNotificationMethod, type ProtooNotifications } from '@parlor/protocol';
import type { LinkEnd, PeerLink } from '../../core/ports.js';
import type { RoomUpdate } from '../../core/updates.js';
import type { FramedSocket } from '../dialect.js';
import { closeFrame } from './closeFrame.js';
import { History } from './History.js';
import { Latest, subjectOf } from './Latest.js';
import { numbered, wordsFrom, wordsOf, type Words } from './notifications.js';

export interface LinkOwner {
  /** The room has ended the link. */
  linkEnded(): void;
}

/**
 * A protoo client as its room sees it: numbers what it is told and writes it to the socket, or keeps it until there is one
 * again.
 */
export class ProtooLink implements PeerLink {
  readonly dialect = 'protoo';
  #socket: FramedSocket | undefined;
  readonly #owner: LinkOwner;
  /** Undefined: the client does not come back, so nothing is kept for it. */
  #history: History | undefined;
  #seq = 0;
  #held: RoomUpdate[] | undefined;
  /** Made when there is something to put off. */
  #latest: Latest | undefined;
  #isBehind = false;

  constructor(socket: FramedSocket, owner: LinkOwner) {
    this.#socket = socket;
    this.#owner = owner;
  }

  send(update: RoomUpdate): void {
    if (this.#held) {
      this.#held.push(update);
      return;
    }
    const subject = subjectOf(update);
    if (subject !== undefined && this.#cannotTake()) {
      (this.#latest ??= new Latest()).keep(subject, update);
      return;
    }
    this.#latest?.forgetBy(update);
    this.#write(wordsOf(update), canWait(update));
  }

  notify<M extends ProtooNotificationMethod>(method: M, data: ProtooNotifications[M]): void {
    this.#write(wordsFrom({ method, data }));
  }

  /** From here on what is said can be said again. */
  keepHistory(): void {
    this.#history ??= new History(this.#seq);
  }

  /** What the client has not heard, which has heard up to `seq`; undefined: too long ago. */
  missedSince(seq: number): string[] | undefined {
    return this.#history?.after(seq);
  }

  /** What was said meanwhile has been sent on it already. */
  attach(socket: FramedSocket): void {
    this.#socket = socket;
    this.#isBehind = false;
    if (!this.#cannotTake()) this.#sayLatest();
  }

  detach(): void {
    this.#socket = undefined;
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
    this.#socket?.close(...closeFrame({ code, ...CODES[code] }));
    this.#owner.linkEnded();
  }

  /** There is nobody to hear it, or more than enough to read: what can wait must not push out what is kept for them. */
  #cannotTake(): boolean {
    const socket = this.#socket;
    if (!socket || this.#isBehind) return true;
    if (!socket.isBehind) return false;
    this.#isBehind = true;
    socket.onCaughtUp(() => {
      if (socket !== this.#socket) return;
      this.#isBehind = false;
      this.#sayLatest();
    });
    return true;
  }

  #sayLatest(): void {
    for (const update of this.#latest?.take() ?? []) this.send(update);
  }

  #write(words: Words, soon = false): void {
    this.#seq += 1;
    this.#history?.add(words);
    const text = numbered(words, this.#seq);
    if (soon) this.#socket?.sendSoon(text, words.isAscii);
    else this.#socket?.send(text, words.isAscii);
  }
}

/** Who comes brings something to tell of, and writing costs more than what is written; scores change all the time. */
const canWait = (update: RoomUpdate): boolean =>
  update.type === 'consumerScore' ||
  update.type === 'producerScore' ||
  (update.type === 'peerJoined' && update.canWait === true);
