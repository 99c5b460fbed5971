import { expect, it } from 'vitest';
import type { Adapted } from '../participants/RemoteTrackPublication.js';
import type { WantedTrack } from './types.js';
import { wantedOf, type ReceivedPublication } from './wantedOf.js';

const small: Adapted = { receiving: true, halvings: 2, reason: 'size', layers: { halvings: 2 } };
const hidden: Adapted = { ...small, receiving: false, reason: 'hidden' };
const pinned = { spatialLayer: 2 };

interface Case {
  readonly what: string;
  readonly adapted?: Adapted;
  readonly given?: Partial<Pick<ReceivedPublication, 'isEnabled' | 'layers'>>;
  readonly expected: WantedTrack;
}

it.each<Case>([
  { what: 'not shown', expected: { receiving: true, layers: undefined, reason: 'full' } },
  { what: 'small', adapted: small, expected: { receiving: true, layers: { halvings: 2 }, reason: 'size' } },
  {
    what: 'hidden',
    adapted: hidden,
    expected: { receiving: false, layers: { halvings: 2 }, reason: 'hidden' },
  },
  {
    what: 'pinned',
    given: { layers: pinned },
    expected: { receiving: true, layers: pinned, reason: 'app' },
  },
  {
    what: 'small and pinned',
    adapted: small,
    given: { layers: pinned },
    expected: { receiving: true, layers: pinned, reason: 'app' },
  },
  {
    what: 'hidden and pinned',
    adapted: hidden,
    given: { layers: pinned },
    expected: { receiving: false, layers: pinned, reason: 'hidden' },
  },
  {
    what: 'off',
    adapted: small,
    given: { isEnabled: false },
    expected: { receiving: false, layers: { halvings: 2 }, reason: 'app' },
  },
])('what is $what', ({ adapted, given, expected }) => {
  const { isEnabled, layers } = { isEnabled: true, layers: adapted?.layers, ...given };
  const isReceiving = isEnabled && (adapted?.receiving ?? true);
  const received = { adapted, isEnabled, isReceiving, layers, holdReason: undefined };
  const publication = { source: 'camera', kind: 'video', ...received } as const;
  expect(wantedOf(publication)).toEqual(expected);
});
