interface Pattern {
  /** Hertz, played together. */
  readonly tones: readonly [number, number];
  /** Seconds of sound, from each of these moments on. */
  readonly beats: readonly number[];
  readonly length: number;
  /** Seconds until it begins again. */
  readonly period: number;
  readonly volume: number;
}

const PATTERNS = {
  incoming: { tones: [523.25, 659.25], beats: [0, 0.45], length: 0.32, period: 2.4, volume: 0.16 },
  outgoing: { tones: [425, 440], beats: [0], length: 1, period: 4, volume: 0.05 },
} as const satisfies Record<string, Pattern>;

/** Seconds in which a tone swells and fades, so that it does not click. */
const RAMP = 0.03;

/**
 * Rings until the function that it returns is called. Silent where the browser does not let the page make sound yet
 * (autoplay): it then begins with the next click or key.
 */
export const startRingTone = (kind: keyof typeof PATTERNS): (() => void) => {
  const { tones, beats, length, period, volume }: Pattern = PATTERNS[kind];
  const context = new AudioContext();
  const beat = (at: number) => {
    const gain = new GainNode(context, { gain: 0 });
    gain.connect(context.destination);
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(volume, at + RAMP);
    gain.gain.setValueAtTime(volume, at + length - RAMP);
    gain.gain.linearRampToValueAtTime(0, at + length);
    for (const frequency of tones) {
      const tone = new OscillatorNode(context, { frequency });
      tone.connect(gain);
      tone.start(at);
      tone.stop(at + length);
    }
  };
  const ring = () => {
    // Time stands still in a context that may not play yet: nothing piles up.
    if (context.state === 'running') for (const offset of beats) beat(context.currentTime + offset);
  };
  const resume = () => {
    context.resume().then(ring, () => undefined);
  };
  const unlocking = ['pointerdown', 'keydown'] as const;
  for (const event of unlocking) window.addEventListener(event, resume, { once: true });
  ring();
  const timer = setInterval(ring, period * 1000);
  return () => {
    clearInterval(timer);
    for (const event of unlocking) window.removeEventListener(event, resume);
    void context.close();
  };
};
