/** Sound that can be told apart: a pure tone in, its frequency out. */

let shared: AudioContext | undefined;
const audio = (): AudioContext => (shared ??= new AudioContext());

/** A live track with a tone of `hz`. */
export function toneTrack(hz: number): MediaStreamTrack {
  const context = audio();
  const oscillator = new OscillatorNode(context, { frequency: hz });
  const volume = new GainNode(context, { gain: 0.3 });
  const output = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  oscillator.connect(volume).connect(output);
  oscillator.start();
  const [track] = output.stream.getAudioTracks();
  if (!track) throw new Error('no audio track');
  return track;
}

export interface Heard {
  /** Of the loudest tone. */
  readonly hz: number;
  /** Of that tone, dB of full scale. */
  readonly level: number;
}

const analysers = new WeakMap<MediaStreamTrack, AnalyserNode>();

/** What is on a received track now. The track must be attached: Chromium decodes no other. */
export function listen(track: MediaStreamTrack): Heard {
  let analyser = analysers.get(track);
  if (!analyser) {
    analyser = new AnalyserNode(audio(), { fftSize: 4096, smoothingTimeConstant: 0 });
    audio()
      .createMediaStreamSource(new MediaStream([track]))
      .connect(analyser);
    analysers.set(track, analyser);
  }
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const loudest = levels.reduce((best, level, bin) => (level > (levels[best] ?? -Infinity) ? bin : best), 0);
  return {
    hz: (loudest * audio().sampleRate) / analyser.fftSize,
    level: Math.max(-200, levels[loudest] ?? -200),
  };
}
