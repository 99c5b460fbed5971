import type { VideoQuality } from '@parlor/sdk-client';

/** Widths, in device pixels, that the lower simulcast layers of a 1280x720 camera still fill well. */
const LOW_FILLS = 360;
const MEDIUM_FILLS = 760;

/** The least quality that looks sharp at this size: a wall of small tiles should not cost a wall of large pictures. */
export const qualityFor = (cssWidth: number, pixelRatio: number): VideoQuality => {
  const width = cssWidth * Math.min(pixelRatio, 2);
  if (width <= LOW_FILLS) return 'low';
  return width <= MEDIUM_FILLS ? 'medium' : 'high';
};
