import type { Logger } from '../../logger.js';
import type { DataChannelLike, PeerConnectionLike } from '../../platform.js';
import { MAX_BYTES } from './messages.js';

/** Both sides make it: nothing has to be agreed on (W3C WebRTC §6.1, RFC 8831 §6.4). */
const CHANNEL = { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 } as const;

/** Bytes. With more than that on its way out, what comes now would come too late: it is dropped. */
const MAX_WAITING = 64 * 1024;

/** Where the browser does not tell what the other side takes (RFC 8841 §6.1). */
const DEFAULT_MAX_BYTES = 64 * 1024;

/* Neither is JSON. An open channel only says that the other side has SCTP: who listens there answers. */
const IS_ANYBODY_THERE = '?';
const HERE = '!';

export interface MessageChannelOptions {
  readonly logger: Logger;
  readonly onMessage: (data: unknown) => void;
}

/** Messages that may be lost and may overtake each other, over the connection of one pair. */
export class MessageChannel {
  readonly #channel: DataChannelLike;
  #answered = false;

  constructor(
    private readonly connection: PeerConnectionLike,
    private readonly options: MessageChannelOptions,
  ) {
    this.#channel = connection.createDataChannel('parlor', CHANNEL);
    this.#channel.addEventListener('open', () => {
      this.#put(IS_ANYBODY_THERE);
    });
    this.#channel.addEventListener('message', ({ data }) => {
      this.#answered = true;
      if (data === IS_ANYBODY_THERE) this.#put(HERE);
      else if (data !== HERE) options.onMessage(data);
    });
  }

  /** Whether the other side is there to take a message of so many bytes. */
  takes(bytes: number): boolean {
    if (this.connection.connectionState !== 'connected' || this.#channel.readyState !== 'open') return false;
    // Question or answer may have been lost.
    if (!this.#answered) this.#put(IS_ANYBODY_THERE);
    const limit = Math.min(this.connection.sctp?.maxMessageSize ?? DEFAULT_MAX_BYTES, MAX_BYTES);
    return this.#answered && bytes <= limit;
  }

  send(text: string): void {
    if (this.#channel.bufferedAmount > MAX_WAITING)
      this.options.logger.debug('message dropped: too many wait');
    else this.#put(text);
  }

  #put(text: string): void {
    try {
      this.#channel.send(text);
    } catch (error) {
      // The browser's own buffer is full (W3C WebRTC §6.2): lost, as it may be.
      this.options.logger.debug('message dropped', error);
    }
  }
}
