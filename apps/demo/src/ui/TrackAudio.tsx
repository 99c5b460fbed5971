import type { Track } from '@parlor/sdk-client';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Plays a track's sound. */
export const TrackAudio = ({ track }: { track: Track }): JSX.Element => {
  const ref = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    track.attach(element);
    return () => {
      track.detach(element);
    };
  }, [track]);
  return <audio ref={ref} />;
};
