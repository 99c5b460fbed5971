import type { Peer, Transport } from '../../core/types.js';
import { ParlorError } from '../../errors.js';
import type { DataOptions } from '../../sdp/MediaPort.js';
import { DataChannels, type DataChannelsOwner } from '../../sdp/data/DataChannels.js';
import type { MessageBudget } from '../../sdp/data/MessageBudget.js';

export interface LegDataOptions {
  /** The client. */
  readonly peer: Peer;
  /** Whom it believes to talk to. */
  readonly other: Peer;
  readonly budget: MessageBudget;
  readonly failed: (error: unknown) => void;
  /** The connection must end. */
  readonly ended: () => void;
}

/**
 * The data channels of a connection whose other end the client takes for a browser: its text goes to that participant and
 * to nobody else, as it is, and so does what the participant says.
 */
export class LegData {
  readonly #options: LegDataOptions;
  #channels: DataChannels | undefined;

  constructor(options: LegDataOptions) {
    this.#options = options;
  }

  /** Those of one transport, in the place of those of the one before. @throws MEDIA_UNAVAILABLE */
  async open(transport: Transport, data: DataOptions): Promise<void> {
    const { budget } = this.#options;
    const streams = await transport.openData();
    this.close();
    this.#channels = new DataChannels({ streams, data, budget, owner: this.#owner });
  }

  /** Text as it is, anything else as JSON. */
  send(payload: unknown): void {
    const text = typeof payload === 'string' ? payload : (JSON.stringify(payload) as string | undefined);
    if (text !== undefined) this.#channels?.send(text);
  }

  close(): void {
    this.#channels?.close();
  }

  get #owner(): DataChannelsOwner {
    const { peer, other, failed, ended } = this.#options;
    return {
      received: (text) => {
        try {
          // Labels are for the page's own use: libraries fill them with random text.
          peer.sendMessage('', text, [other.id]);
        } catch (error) {
          failed(error);
        }
      },
      failed,
      flooded: () => {
        failed(new ParlorError('RATE_LIMITED', 'too many messages on data channels'));
        ended();
      },
    };
  }
}
