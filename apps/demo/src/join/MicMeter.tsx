import type { Track } from '@parlor/sdk-client';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { watchMicLevel } from '../lib/micLevel.js';

const BARS = 12;

/** Moves with the voice. Drawn directly: sixty renders a second would be waste. */
export const MicMeter = ({ track }: { track: Track }): JSX.Element => {
  const ref = useRef<HTMLDivElement>(null);
  const media = track.mediaStreamTrack;
  useEffect(() => {
    if (!media) return undefined;
    return watchMicLevel(media, (level) => {
      const lit = Math.round(level * BARS);
      ref.current?.setAttribute('aria-valuenow', String(Math.round(level * 100)));
      [...(ref.current?.children ?? [])].forEach((bar, index) => bar.classList.toggle('lit', index < lit));
    });
  }, [media]);
  return (
    <div
      ref={ref}
      class="meter"
      role="meter"
      aria-label="Microphone level"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      {Array.from({ length: BARS }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
};
