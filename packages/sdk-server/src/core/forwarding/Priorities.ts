import type { Logger } from '../../logger.js';
import type { ConsumerImpl } from '../ConsumerImpl.js';
import type { PeerImpl } from '../PeerImpl.js';
import { priorityOf } from './priority.js';

export interface PrioritiesOptions {
  readonly peers: ReadonlyMap<string, PeerImpl>;
  readonly logger: Logger;
}

/**
 * Which videos of a room give way last, for each receiver: screens, what it has pinned, whoever speaks. Sound has no part
 * in it: the media server never holds it back for video.
 */
export class Priorities {
  #speaker: string | undefined;

  constructor(private readonly options: PrioritiesOptions) {}

  /** Somebody else speaks now. @param peerId of one person; who it is must not flap */
  speaks(peerId: string | undefined): void {
    const former = this.#speaker;
    if (peerId === former) return;
    this.#speaker = peerId;
    for (const id of [former, peerId]) this.#rank(id);
  }

  /** It is new, or its receiver wants other videos than before. */
  rank(consumer: ConsumerImpl | undefined): void {
    if (consumer?.kind !== 'video') return;
    const { peer, producer } = consumer;
    const priority = priorityOf({
      isScreen: producer.appData['source'] === 'screen',
      isPinned: peer.forwarding.pinned.has(producer.id),
      isSpeaking: producer.peer.id === this.#speaker,
    });
    consumer.setPriority(priority).catch((error: unknown) => {
      // Gone meanwhile, with its transport or its worker: that is told elsewhere.
      this.options.logger.debug({ err: error, consumerId: consumer.id }, 'priority');
    });
  }

  /** All that one person sends. */
  #rank(peerId: string | undefined): void {
    const peer = peerId === undefined ? undefined : this.options.peers.get(peerId);
    for (const producer of peer?.producers.values() ?? [])
      for (const consumer of producer.consumers) this.rank(consumer);
  }
}
