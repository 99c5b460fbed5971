/** What the page really plays, as its tab is captured. Needs `--auto-accept-this-tab-capture` (Chromium). */

/** The level of each block of 128 samples, root mean square. */
const METER = `registerProcessor('levels', class extends AudioWorkletProcessor {
  process([[samples]]) {
    if (samples) this.port.postMessage(Math.hypot(...samples) / Math.sqrt(samples.length));
    return true;
  }
});`;

export interface SoundOfTab {
  /** From the beginning. */
  readonly levels: readonly number[];
  /** Of one level, milliseconds. */
  readonly blockMs: number;
  /** Decibels of full scale, of a tone, in the last sixth of a second. */
  levelOf(hz: number): number;
}

async function captureTab(): Promise<MediaStreamTrack> {
  // TypeScript's DOM library does not know suppressLocalAudioPlayback and preferCurrentTab yet.
  const audio: MediaTrackConstraints & { suppressLocalAudioPlayback: boolean } = {
    suppressLocalAudioPlayback: false,
    // As it is: what the page plays is an echo of itself.
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
  };
  const request: DisplayMediaStreamOptions & { preferCurrentTab: boolean } = {
    preferCurrentTab: true,
    video: { frameRate: 1 },
    audio,
  };
  const stream = await navigator.mediaDevices.getDisplayMedia(request);
  for (const track of stream.getVideoTracks()) track.stop();
  const [track] = stream.getAudioTracks();
  if (!track) throw new Error('the tab gives no sound');
  return track;
}

export async function soundOfTab(): Promise<SoundOfTab> {
  const context = new AudioContext();
  const url = URL.createObjectURL(new Blob([METER], { type: 'text/javascript' }));
  await context.audioWorklet.addModule(url);
  const source = context.createMediaStreamSource(new MediaStream([await captureTab()]));

  const levels: number[] = [];
  const meter = new AudioWorkletNode(context, 'levels');
  meter.port.onmessage = ({ data }: MessageEvent<number>) => {
    levels.push(data);
  };
  source.connect(meter).connect(context.destination);

  const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
  source.connect(analyser);
  const levelOf = (hz: number): number => {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const bin = Math.round((hz * analyser.fftSize) / context.sampleRate);
    return Math.max(...bins.subarray(bin - 1, bin + 2));
  };
  return { levels, blockMs: 128_000 / context.sampleRate, levelOf };
}
