import type { DataMessage, DataStreams } from '../../core/types.js';
import { isParlorError, ParlorError, type ErrorCode } from '../../errors.js';
import type { DataOptions } from '../MediaPort.js';
import { ACKNOWLEDGEMENT, OPENING, readOpen } from './dcep.js';
import type { MessageBudget } from './MessageBudget.js';
import { decodeText, encodeText, PPID } from './payloads.js';

export interface DataChannelsOwner {
  /** The client has sent text; `label` of the channel, empty where it has told none. */
  received(text: string, label: string): void;
  /** What the client sent is not taken, or what it was sent does not arrive. */
  failed(error: unknown): void;
  /** It sends so much that it must go. */
  flooded(): void;
}

export interface DataChannelsOptions {
  readonly streams: DataStreams;
  readonly owner: DataChannelsOwner;
  readonly budget: MessageBudget;
  readonly data: DataOptions;
}

interface Channel {
  readonly streamId: number;
  readonly label: string;
  /** It has been answered, or asked for. */
  readonly ready: Promise<void>;
  /** The server's own: for clients that open none. */
  readonly isOurs?: true;
}

/** Where a client that has opened no channel by itself may have one, negotiated in advance. */
const AGREED: Channel = { streamId: 0, label: '', ready: Promise.resolve() };

/**
 * The data channels of a client (RFC 8831), for text in both directions. A channel is known by its opening message
 * (RFC 8832), or, where the client negotiated it with nobody but itself, by what comes on it.
 */
export class DataChannels {
  readonly #options: DataChannelsOptions;
  /** Those that are open, by stream, the one opened first first. */
  readonly #channels = new Map<number, Channel>();
  #everOpened = false;
  /** What does not arrive is told once, until something does. */
  #lastFailure: ErrorCode | undefined;
  #closed = false;

  constructor(options: DataChannelsOptions) {
    this.#options = options;
    options.streams.on('message', (message) => {
      if (!this.#closed) this.#receive(message);
    });
    const { opens: streamId } = options.data;
    if (streamId === undefined) return;
    const ready = this.#establish(streamId, OPENING);
    this.#opened({ streamId, label: '', ready, isOurs: true });
  }

  /** On the channel that has `topic` as its label, on the one opened first otherwise. */
  send(text: string, topic = ''): void {
    const { owner, data } = this.#options;
    const message = encodeText(text);
    const size = message.data.byteLength;
    if (size > data.maxMessageSize) {
      const sizes = `${String(size)} bytes, and the client takes ${String(data.maxMessageSize)}`;
      owner.failed(new ParlorError('MESSAGE_TOO_LARGE', `a message for its data channel has ${sizes}`));
      return;
    }
    void this.#send(message, topic);
  }

  close(): void {
    this.#closed = true;
  }

  async #send(message: Omit<DataMessage, 'streamId'>, topic: string): Promise<void> {
    const { streams, owner } = this.#options;
    for (;;) {
      const channel = this.#channelFor(topic);
      if (!channel) return;
      try {
        await channel.ready;
        await streams.send({ ...message, streamId: channel.streamId });
        this.#lastFailure = undefined;
        return;
      } catch (error) {
        const code = codeOf(error);
        if (this.#closed) return;
        if (code === 'NOT_FOUND') {
          // The client has closed this one, and may have others.
          if (channel === AGREED) return;
          this.#forget(channel);
          continue;
        }
        if (this.#lastFailure !== code) owner.failed(error);
        this.#lastFailure = code;
        return;
      }
    }
  }

  #channelFor(topic: string): Channel | undefined {
    const channels = [...this.#channels.values()];
    const named = topic === '' ? undefined : channels.find(({ label }) => label === topic);
    const first = channels.find(({ isOurs }) => !isOurs) ?? channels[0];
    return named ?? first ?? (this.#everOpened ? undefined : AGREED);
  }

  #receive(message: DataMessage): void {
    const { owner, budget } = this.#options;
    switch (budget.spend()) {
      case 'taken':
        this.#take(message);
        break;
      case 'refused':
        owner.failed(new ParlorError('RATE_LIMITED', 'too many messages on data channels: slow down'));
        break;
      case 'refused before':
        break;
      case 'flood':
        this.#closed = true;
        owner.flooded();
        break;
    }
  }

  #take(message: DataMessage): void {
    const { owner } = this.#options;
    const { streamId, ppid, data } = message;
    if (ppid === PPID.dcep) {
      const opened = readOpen(data);
      if (opened) this.#opened({ ...opened, streamId, ready: this.#establish(streamId, ACKNOWLEDGEMENT) });
      return;
    }
    const { label } = this.#channels.get(streamId) ?? this.#opened({ ...AGREED, streamId });
    const text = decodeText(message);
    if (text !== undefined) owner.received(text, label);
    else if (ppid === PPID.text) owner.failed(new ParlorError('BAD_REQUEST', 'a message is not UTF-8'));
    else
      owner.failed(
        new ParlorError('BINARY_NOT_SUPPORTED', 'data channels carry text here: send strings, such as JSON'),
      );
  }

  #opened(channel: Channel): Channel {
    // Closed and opened again, it is the newest.
    this.#channels.delete(channel.streamId);
    this.#channels.set(channel.streamId, channel);
    this.#everOpened = true;
    return channel;
  }

  #forget(channel: Channel): void {
    const { streamId } = channel;
    if (this.#channels.get(streamId) === channel) this.#channels.delete(streamId);
  }

  async #establish(streamId: number, data: Uint8Array): Promise<void> {
    const { streams, owner } = this.#options;
    const message = { streamId, ppid: PPID.dcep, data };
    try {
      // What is not found is the channel that was there before on this stream.
      await streams.send(message).catch((error: unknown) => {
        if (codeOf(error) !== 'NOT_FOUND') throw error;
        return streams.send(message);
      });
    } catch (error) {
      if (!this.#closed) owner.failed(error);
    }
  }
}

const codeOf = (error: unknown): ErrorCode => (isParlorError(error) ? error.code : 'INTERNAL');
