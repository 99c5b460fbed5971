import type { Track } from '@parlor/sdk-client';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A ref for the element that shows or plays `track`. */
export function useAttached<T extends HTMLMediaElement>(track: Track): RefObject<T | null> {
  const ref = useRef<T>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    track.attach(element);
    return () => {
      track.detach(element);
    };
  }, [track]);
  return ref;
}
