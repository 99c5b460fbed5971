import { qualityOf } from '../stats/quality.js';
import type * as api from '../types.js';

/** What local and remote participants have in common. */
export abstract class Participant {
  abstract readonly isLocal: boolean;
  abstract readonly trackPublications: ReadonlyMap<string, api.TrackPublication>;
  #speakingLevel: number | undefined;
  readonly #scores = new Map<string, number>();
  #quality: api.ConnectionQuality = 'unknown';

  constructor(
    public identity: string,
    public name: string,
  ) {}

  get isSpeaking(): boolean {
    return this.#speakingLevel !== undefined;
  }

  get audioLevel(): number {
    return this.#speakingLevel ?? 0;
  }

  get connectionQuality(): api.ConnectionQuality {
    return this.#quality;
  }

  get isCameraEnabled(): boolean {
    return this.#isOn('camera');
  }

  get isMicrophoneEnabled(): boolean {
    return this.#isOn('microphone');
  }

  get isScreenShareEnabled(): boolean {
    return this.#isOn('screen');
  }

  /** Undefined: silent. */
  setSpeaking(level: number | undefined): void {
    this.#speakingLevel = level;
  }

  /** What one stream is worth, 0 to 10; undefined when it is no more. True when that changes the quality. */
  setScore(producerId: string, score: number | undefined): boolean {
    if (score === undefined) this.#scores.delete(producerId);
    // A stream begins with 0, before its first packet is there: it is not lost, it has not come yet.
    else if (score > 0 || this.#scores.has(producerId)) this.#scores.set(producerId, score);
    return this.#setQuality(qualityOf([...this.#scores.values()]));
  }

  clearScores(quality: api.ConnectionQuality = 'unknown'): boolean {
    this.#scores.clear();
    return this.#setQuality(quality);
  }

  #setQuality(quality: api.ConnectionQuality): boolean {
    const changed = quality !== this.#quality;
    this.#quality = quality;
    return changed;
  }

  #isOn(source: api.TrackSource): boolean {
    return [...this.trackPublications.values()].some((each) => each.source === source && !each.isMuted);
  }
}

export const firstOf = <T extends api.TrackPublication>(
  publications: ReadonlyMap<string, T>,
  source: api.TrackSource,
): T | undefined => [...publications.values()].find((publication) => publication.source === source);
