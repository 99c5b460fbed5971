import type { HoldReason } from '@parlor/protocol';
import { isParlorError } from '../errors.js';
import type { ConsumerImpl } from './ConsumerImpl.js';
import { consume, type Subscription } from './consuming.js';
import type { PeerImpl } from './PeerImpl.js';
import type { ProducerImpl } from './ProducerImpl.js';

/** How a producer is announced: `producerMoved` to a client that knows it already. */
type Word = 'newProducer' | 'producerMoved';

interface Announcement {
  readonly word: Word;
  readonly producer: ProducerImpl;
  /** Or why there is none as yet. */
  readonly consumer: ConsumerImpl | HoldReason | undefined;
}

/** Announcements that wait for each other at most. */
const BATCH = 8;

/**
 * A peer receives whatever is published: each producer is announced together with the consumer that was made for it,
 * and camera and microphone of somebody who comes in together, so that nothing has to be asked for.
 */
export class Following {
  readonly #peer: PeerImpl;
  readonly #subscription: Subscription;
  readonly #ready: Announcement[] = [];
  #underway = 0;

  constructor(peer: PeerImpl, subscription: Subscription) {
    this.#peer = peer;
    this.#subscription = subscription;
  }

  announce(producer: ProducerImpl, word: Word): void {
    this.#underway += 1;
    void this.#announce(producer, word);
  }

  async #announce(producer: ProducerImpl, word: Word): Promise<void> {
    const { logger } = this.#peer.context;
    let consumer: Announcement['consumer'];
    try {
      consumer = await consume(this.#peer, producer.id, this.#subscription);
    } catch (error) {
      // The client asks for it by itself then, and hears the reason.
      if (!isParlorError(error)) logger.error({ err: error }, 'consume failed');
    }
    this.#ready.push({ word, producer, consumer });
    this.#underway -= 1;
    try {
      if (this.#underway === 0 || this.#ready.length >= BATCH) this.#tell();
    } catch (error) {
      logger.error({ err: error }, 'announcing failed');
    }
  }

  #tell(): void {
    for (const { word, producer, consumer: made } of this.#ready.splice(0)) {
      // Nobody need hear of what is over.
      if (producer.closed) continue;
      const held = typeof made === 'string' ? made : undefined;
      const consumer = typeof made === 'object' && !made.closed ? made : undefined;
      if (word === 'newProducer') this.#peer.tell({ type: word, producer: producer.info, consumer, held });
      else {
        const { id: producerId, peer } = producer;
        this.#peer.tell({ type: word, producerId, peerId: peer.id, consumer, held });
      }
    }
  }
}
