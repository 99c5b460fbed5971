import type { LevelMeter, Platform } from '../../platform.js';
import { levelMeter } from './levelMeter.js';
import { SILENCE, toDbov } from './loudness.js';

/** What of a publication tells how loud it is. */
export interface OwnAudio {
  readonly producerId: string;
  readonly mediaStreamTrack: MediaStreamTrack;
  /** Of any of its copies. */
  readonly sender: Pick<RTCRtpSender, 'getStats'>;
}

interface Energy {
  readonly energy: number;
  readonly seconds: number;
}

/** Browsers add up the squares of peaks here; speech and noise have a mean about this much below, dB. */
const PEAK_OVER_MEAN = 10;

/** Of what is being sent (W3C webrtc-stats, RTCAudioSourceStats). Undefined where browsers do not tell: Firefox. */
function energyOf(report: RTCStatsReport): Energy | undefined {
  let found: Energy | undefined;
  report.forEach(
    ({ type, kind, totalAudioEnergy: energy, totalSamplesDuration: seconds }: Partial<Source>) => {
      if (type !== 'media-source' || kind !== 'audio') return;
      if (energy !== undefined && seconds !== undefined) found = { energy, seconds };
    },
  );
  return found;
}

interface Source {
  type: string;
  kind: string;
  totalAudioEnergy: number;
  totalSamplesDuration: number;
}

/** Loudness of what this page sends: from the statistics of a copy, or else measured. */
export class OwnLevels {
  readonly #before = new Map<string, Energy>();
  readonly #meters = new Map<MediaStreamTrack, LevelMeter>();

  constructor(private readonly platform: Pick<Platform, 'createLevelMeter'>) {}

  /** dBov of each since the last look, in their order. */
  async take(audio: readonly OwnAudio[]): Promise<number[]> {
    const tracks = new Set(audio.map(({ mediaStreamTrack }) => mediaStreamTrack));
    for (const track of this.#meters.keys()) if (!tracks.has(track)) this.#closeMeter(track);
    return await Promise.all(audio.map((each) => this.#take(each)));
  }

  close(): void {
    for (const track of this.#meters.keys()) this.#closeMeter(track);
    this.#before.clear();
  }

  async #take({ producerId, mediaStreamTrack, sender }: OwnAudio): Promise<number> {
    // Without its connection it is not sent any more.
    const report = await sender.getStats().catch(() => undefined);
    if (!report) return SILENCE;
    const now = energyOf(report);
    if (!now) return toDbov(this.#meter(mediaStreamTrack).read());
    const before = this.#before.get(producerId) ?? now;
    this.#before.set(producerId, now);
    const [energy, seconds] = [now.energy - before.energy, now.seconds - before.seconds];
    return seconds > 0 && energy > 0
      ? Math.max(SILENCE, toDbov(Math.sqrt(energy / seconds)) - PEAK_OVER_MEAN)
      : SILENCE;
  }

  #meter(track: MediaStreamTrack): LevelMeter {
    let meter = this.#meters.get(track);
    if (!meter) {
      const { createLevelMeter = levelMeter } = this.platform;
      this.#meters.set(track, (meter = createLevelMeter(track)));
    }
    return meter;
  }

  #closeMeter(track: MediaStreamTrack): void {
    this.#meters.get(track)?.close();
    this.#meters.delete(track);
  }
}
