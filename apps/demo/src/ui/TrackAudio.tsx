import type { Track } from '@parlor/sdk-client';
import type { JSX } from 'preact';
import { useAttached } from './useAttached.js';

/** Plays a track's sound. */
export const TrackAudio = ({ track }: { track: Track }): JSX.Element => (
  <audio ref={useAttached<HTMLAudioElement>(track)} />
);
