import type { LevelMeter } from '../../platform.js';

/** Measures a local track with Web Audio. */
export function levelMeter(track: MediaStreamTrack): LevelMeter {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 16_384 });
  const samples = new Float32Array(analyser.fftSize);
  try {
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  } catch {
    // Of another sample rate than the loudspeaker: then one does not see oneself speak, and nothing else is missing.
  }
  return {
    read() {
      analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    },
    close() {
      void context.close();
    },
  };
}
