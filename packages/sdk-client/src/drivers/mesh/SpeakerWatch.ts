import type { Platform } from '../../platform.js';
import { HeardLevels } from './HeardLevels.js';
import { whoSpeaks, type Loudness, type Speaker } from './loudness.js';
import { OwnLevels, type OwnAudio } from './OwnLevels.js';

/** Milliseconds between two samples of what is heard. */
const SAMPLE_INTERVAL = 100;
/** Samples until it is decided who speaks: together as long as the server of an SFU room takes. */
const SAMPLES = 4;
export const SPEAKER_INTERVAL = SAMPLES * SAMPLE_INTERVAL;

export interface SpeakerWatchOptions {
  readonly platform: Pick<Platform, 'timer' | 'createLevelMeter'>;
  readonly selfId: string;
  readonly own: () => readonly OwnAudio[];
  readonly heard: () => readonly { readonly peerId: string; readonly receiver: RTCRtpReceiver }[];
  /** Whether anybody is connected: nobody hears who talks to himself. */
  readonly isConnected: () => boolean;
  /** When others speak than before. */
  readonly onSpeakers: (speakers: readonly Speaker[]) => void;
}

/** Follows who speaks in a mesh: every page measures for itself, nothing goes over the wire. */
export class SpeakerWatch {
  readonly #heardLevels = new HeardLevels();
  readonly #ownLevels: OwnLevels;
  #stopTimer: (() => void) | undefined;
  #running = false;
  #closed = false;
  #samples = 0;
  #speaking = '';

  constructor(private readonly options: SpeakerWatchOptions) {
    this.#ownLevels = new OwnLevels(options.platform);
  }

  /** Somebody may be connected now. Rests by itself. */
  wake(): void {
    if (this.#running || this.#closed || !this.options.isConnected()) return;
    this.#running = true;
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer?.();
    this.#ownLevels.close();
  }

  #arm(): void {
    this.#stopTimer = this.options.platform.timer(() => {
      for (const { receiver } of this.options.heard()) this.#heardLevels.sample(receiver);
      this.#samples += 1;
      if (this.#samples < SAMPLES) this.#arm();
      else void this.#decide();
    }, SAMPLE_INTERVAL);
  }

  async #decide(): Promise<void> {
    this.#samples = 0;
    const { selfId, isConnected, own, heard, onSpeakers } = this.options;
    const loudness: Loudness[] = heard().map(({ peerId, receiver }) => ({
      peerId,
      dbov: this.#heardLevels.take(receiver),
    }));
    for (const dbov of await this.#ownLevels.take(own())) loudness.push({ peerId: selfId, dbov });
    if (this.#closed) return;
    const speakers = whoSpeaks(loudness);
    // Levels move all the time; who speaks is news.
    const speaking = speakers
      .map(({ peerId }) => peerId)
      .sort()
      .join('\n');
    if (speaking !== this.#speaking) onSpeakers(speakers);
    this.#speaking = speaking;
    this.#running = isConnected();
    if (this.#running) this.#arm();
  }
}
