import type { Track } from '@parlor/sdk-client';
import type { JSX } from 'preact';
import { useAttached } from './useAttached.js';

interface TrackVideoProps {
  readonly track: Track;
  readonly mirrored?: boolean;
  /** `contain` shows all of the picture, `cover` fills the tile. */
  readonly fit: 'cover' | 'contain';
}

/** Shows a track's picture. Its sound has its own element. */
export const TrackVideo = ({ track, mirrored = false, fit }: TrackVideoProps): JSX.Element => {
  const ref = useAttached<HTMLVideoElement>(track);
  return <video ref={ref} class={`video ${fit} ${mirrored ? 'mirrored' : ''}`} autoplay playsInline muted />;
};
