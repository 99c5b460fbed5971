import { useEffect } from 'preact/hooks';
import { qualityFor } from '../lib/videoQuality.js';
import { useCall } from '../state/context.js';
import type { TileItem } from './arrange.js';

/** Receives a tile's picture in the quality that its width on the screen, CSS pixels, can show. */
export const useVideoQuality = ({ person, kind, track }: TileItem, width: number): void => {
  const call = useCall();
  const wanted =
    kind === 'camera' && !person.isLocal && width > 0 ? qualityFor(width, devicePixelRatio) : undefined;
  useEffect(() => {
    if (track && wanted) void call.setVideoQuality(person.id, wanted);
  }, [call, person.id, track, wanted]);
};
