import type { Peer, Transport } from '../../core/types.js';
import type { RoomUpdate } from '../../core/updates.js';
import type { DataOptions } from '../../sdp/MediaPort.js';
import { DataChannels, type DataChannelsOwner } from '../../sdp/data/DataChannels.js';
import { MessageBudget } from '../../sdp/data/MessageBudget.js';
import type { Timer } from '../timer.js';
import { readDataMessage, writeDataMessage } from './dataMessages.js';

export interface CallDataOptions {
  readonly timer: Timer;
  readonly failed: (error: unknown) => void;
  readonly flooded: () => void;
}

/** The data channels of a call: what the client says on them are messages of its room, and the other way round. */
export class CallData {
  readonly #options: CallDataOptions;
  readonly #budget: MessageBudget;
  #channels: DataChannels | undefined;

  constructor(options: CallDataOptions) {
    this.#options = options;
    this.#budget = new MessageBudget((ms, action) => options.timer.after(ms, action));
  }

  /** Those of one connection, in the place of those of the one before. @throws MEDIA_UNAVAILABLE */
  async open(peer: Peer, transport: Transport, data: DataOptions): Promise<void> {
    const streams = await transport.openData();
    this.#channels?.close();
    this.#channels = new DataChannels({
      streams,
      data,
      budget: this.#budget,
      owner: this.#ownerFor(peer),
    });
  }

  send(message: Extract<RoomUpdate, { type: 'message' }>): void {
    this.#channels?.send(writeDataMessage(message), message.topic);
  }

  close(): void {
    this.#channels?.close();
    this.#budget.close();
  }

  #ownerFor(peer: Peer): DataChannelsOwner {
    const { failed, flooded } = this.#options;
    return {
      received: (text, label) => {
        try {
          const { topic, payload, to } = readDataMessage(text, label);
          peer.sendMessage(topic, payload, to);
        } catch (error) {
          failed(error);
        }
      },
      failed,
      flooded,
    };
  }
}
