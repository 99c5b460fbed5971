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

/** A live track with a tone of its own on either side. */
export function stereoTrack(left: number, right: number): MediaStreamTrack {
  const context = audio();
  const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
  const output = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
  [left, right].forEach((frequency, side) => {
    const oscillator = new OscillatorNode(context, { frequency });
    oscillator.connect(new GainNode(context, { gain: 0.3 })).connect(merger, 0, side);
    oscillator.start();
  });
  merger.connect(output);
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

const analysers = new WeakMap<MediaStreamTrack, readonly AnalyserNode[]>();

/** What is on a received track now, left or right. The track must be attached: Chromium decodes no other. */
export function listen(track: MediaStreamTrack, side: 0 | 1 = 0): Heard {
  let pair = analysers.get(track);
  if (!pair) {
    const splitter = new ChannelSplitterNode(audio(), { numberOfOutputs: 2 });
    audio()
      .createMediaStreamSource(new MediaStream([track]))
      .connect(splitter);
    pair = [0, 1].map((output) => {
      const analyser = new AnalyserNode(audio(), { fftSize: 4096, smoothingTimeConstant: 0 });
      splitter.connect(analyser, output);
      return analyser;
    });
    analysers.set(track, pair);
  }
  const analyser = pair[side];
  if (!analyser) throw new Error('no such side');
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const loudest = levels.reduce((best, level, bin) => (level > (levels[best] ?? -Infinity) ? bin : best), 0);
  return {
    hz: (loudest * audio().sampleRate) / analyser.fftSize,
    level: Math.max(-200, levels[loudest] ?? -200),
  };
}
