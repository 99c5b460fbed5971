import { SILENCE, toDbov } from './loudness.js';

type Receiver = Pick<RTCRtpReceiver, 'getSynchronizationSources'>;

interface Samples {
  /** Of the newest sample: one that has not moved on is of sound that has ended. */
  at: number;
  sum: number;
  count: number;
}

/**
 * Loudness of what is received, from the levels that browsers keep for each sender (W3C WebRTC §5.3, RFC 6464):
 * looking at them costs next to nothing. Chromium has them for sound that is being played.
 */
export class HeardLevels {
  readonly #samples = new WeakMap<Receiver, Samples>();

  sample(receiver: Receiver): void {
    const samples = this.#of(receiver);
    for (const { timestamp, audioLevel } of receiver.getSynchronizationSources()) {
      if (timestamp <= samples.at) continue;
      samples.at = timestamp;
      samples.sum += toDbov(audioLevel ?? 0);
      samples.count += 1;
    }
  }

  /** Mean dBov of the samples since the last look. */
  take(receiver: Receiver): number {
    const samples = this.#of(receiver);
    const mean = samples.count === 0 ? SILENCE : samples.sum / samples.count;
    samples.sum = samples.count = 0;
    return mean;
  }

  #of(receiver: Receiver): Samples {
    let samples = this.#samples.get(receiver);
    if (!samples) this.#samples.set(receiver, (samples = { at: 0, sum: 0, count: 0 }));
    return samples;
  }
}
