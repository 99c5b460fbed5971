const FLOOR_DB = -60;

/**
 * Reports how loud `track` is, 0 (silence) to 1 (full scale, logarithmic), at the display's pace. Returns the
 * function that ends it. Hears nothing until the page may make sound: then it stays at 0.
 */
export const watchMicLevel = (track: MediaStreamTrack, onLevel: (level: number) => void): (() => void) => {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let smooth = 0;
  let frame = requestAnimationFrame(function measure() {
    analyser.getFloatTimeDomainData(samples);
    smooth = Math.max(levelOf(samples), smooth * 0.88);
    onLevel(smooth);
    frame = requestAnimationFrame(measure);
  });
  return () => {
    cancelAnimationFrame(frame);
    source.disconnect();
    void context.close();
  };
};

const levelOf = (samples: Float32Array): number => {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  const db = 10 * Math.log10(power / samples.length + 1e-12);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
};
