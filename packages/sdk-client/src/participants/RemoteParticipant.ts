import type * as api from '../types.js';
import { firstOf, Participant } from './Participant.js';
import type { RemoteTrackPublication } from './RemoteTrackPublication.js';

/** Somebody else in the room. */
export class RemoteParticipant extends Participant implements api.RemoteParticipant {
  readonly isLocal = false;
  readonly publications = new Map<string, RemoteTrackPublication>();
  readonly #volumes = new Map<api.TrackSource, number>();

  get trackPublications(): ReadonlyMap<string, RemoteTrackPublication> {
    return this.publications;
  }

  getTrackPublication(source: api.TrackSource): RemoteTrackPublication | undefined {
    return firstOf(this.publications, source);
  }

  /** Also for tracks that come later. */
  setVolume(volume: number, source: 'microphone' | 'screenAudio' = 'microphone'): void {
    this.#volumes.set(source, volume);
    this.getTrackPublication(source)?.track?.setVolume(volume);
  }

  volumeOf(source: api.TrackSource): number | undefined {
    return this.#volumes.get(source);
  }
}
