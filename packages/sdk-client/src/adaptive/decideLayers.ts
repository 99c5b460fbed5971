import type { ElementLook } from '../platform.js';

/** An element that a track is attached to. */
export interface Shown {
  readonly look: ElementLook;
  /** False: it wants all there is, whatever can be seen of it. */
  readonly adaptive: boolean;
}

/** What is sent at most. */
export interface Picture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export interface Measures {
  /** Undefined: its publisher does not tell. */
  readonly picture: Picture | undefined;
  readonly isScreen: boolean;
  /** Device pixels of a CSS pixel that count, instead of what the screen has. */
  readonly pixelDensity: number | undefined;
  readonly pauseInBackground: boolean;
}

export type Reason = 'full' | 'size' | 'hidden' | 'background';

export interface Decision {
  readonly receiving: boolean;
  /** How often the full size is to be halved. Undefined: as it is, nothing being received. */
  readonly halvings: number | undefined;
  readonly reason: Reason;
}

/** Of the size that is shown so much will do. */
const ENOUGH = 0.9;
/** Text at this share of its size cannot be read anyhow. */
const UNREADABLE = 0.25;
/** No codec has more layers. */
const MOST = 7;

/** All there is. */
export const FULL: Decision = { receiving: true, halvings: 0, reason: 'full' };

/** Text has to be sharp at once when it is looked at: nothing is saved before it is a thumbnail. */
function halvingsFor(share: number, isScreen: boolean): number {
  if (isScreen) return share <= UNREADABLE ? 1 : 0;
  let halvings = 0;
  while (halvings < MOST && 2 ** -(halvings + 1) >= ENOUGH * share) halvings += 1;
  return halvings;
}

/** As captured now: phones are turned, and cameras changed, without another announcement. */
function correct({ width, height }: Picture, seen: Picture | undefined): Picture {
  if (!seen) return { width, height };
  const isTurned = seen.width > seen.height !== width > height;
  const [long, short] = isTurned ? [height, width] : [width, height];
  return { width: Math.max(long, seen.width), height: Math.max(short, seen.height) };
}

/** The share of the picture's full size at which an element shows it; undefined when its size says nothing. */
function shareOf({ look }: Shown, { picture, pixelDensity }: Measures): number | undefined {
  const { size, isCovered, pixelRatio } = look;
  if (!size || !picture) return undefined;
  const { width, height } = correct(picture, look.picture);
  const fill = isCovered ? Math.max : Math.min;
  return (pixelDensity ?? pixelRatio) * fill(size.width / width, size.height / height);
}

/**
 * What to receive for the elements that show a track: the lowest layer that has 0.9 of the height at which the largest of
 * them shows it, in device pixels; nothing when none of them can be seen. Elements in no document count only as long as
 * there are no others: they are drawn elsewhere, and want all there is.
 */
export function decideLayers(elements: readonly Shown[], measures: Measures): Decision {
  if (elements.some(({ adaptive }) => !adaptive)) return FULL;
  const inPage = elements.filter(({ look }) => look.isConnected);
  if (elements.length > 0 && inPage.length === 0) return FULL;
  const inView = inPage.filter(({ look }) => look.isVisible);
  if (inView.length === 0) return { receiving: false, halvings: undefined, reason: 'hidden' };
  if (measures.pauseInBackground && inView.every(({ look }) => look.isInBackground))
    return { receiving: false, halvings: undefined, reason: 'background' };
  const shares = inView.map((element) => shareOf(element, measures) ?? Infinity);
  const halvings = halvingsFor(Math.max(...shares), measures.isScreen);
  return halvings === 0 ? FULL : { receiving: true, halvings, reason: 'size' };
}
