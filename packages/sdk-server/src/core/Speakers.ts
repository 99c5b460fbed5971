import type { SpeakerInfo } from '@parlor/protocol';
import type { ProducerImpl } from './ProducerImpl.js';

/** What is more is a noise, and no news. */
const MAX_SPEAKERS = 8;

/** Who speaks in a room, told when it changes. */
export class Speakers {
  readonly #producers: ReadonlyMap<string, ProducerImpl>;
  readonly #changed: (speakers: SpeakerInfo[]) => void;
  #speaking = '[]';

  constructor(producers: ReadonlyMap<string, ProducerImpl>, changed: (speakers: SpeakerInfo[]) => void) {
    this.#producers = producers;
    this.#changed = changed;
  }

  /** What the media server hears, the loudest first. */
  heard(loud: readonly { producerId: string; level: number }[]): void {
    const byPeer = new Map<string, SpeakerInfo>();
    for (const { producerId, level } of loud) {
      const peerId = this.#producers.get(producerId)?.peer.id;
      if (peerId !== undefined && !byPeer.has(peerId)) byPeer.set(peerId, { peerId, level });
      if (byPeer.size === MAX_SPEAKERS) break;
    }
    // Levels move all the time; who speaks is news.
    const speaking = JSON.stringify([...byPeer.keys()].sort());
    if (speaking === this.#speaking) return;
    this.#speaking = speaking;
    this.#changed([...byPeer.values()]);
  }
}
