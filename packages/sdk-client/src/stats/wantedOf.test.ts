import { expect, it } from 'vitest';
import type { Adapted } from '../participants/RemoteTrackPublication.js';
import { wantedOf } from './wantedOf.js';

const small: Adapted = { receiving: true, halvings: 2, reason: 'size', layers: { halvings: 2 } };
const hidden: Adapted = { ...small, receiving: false, reason: 'hidden' };
const pinned = { spatialLayer: 2 };

it.each([
  ['not shown', undefined, {}, { receiving: true, layers: undefined, reason: 'full' }],
  ['small', small, {}, { receiving: true, layers: { halvings: 2 }, reason: 'size' }],
  ['hidden', hidden, {}, { receiving: false, layers: { halvings: 2 }, reason: 'hidden' }],
  ['pinned', undefined, { layers: pinned }, { receiving: true, layers: pinned, reason: 'app' }],
  ['small and pinned', small, { layers: pinned }, { receiving: true, layers: pinned, reason: 'app' }],
  ['hidden and pinned', hidden, { layers: pinned }, { receiving: false, layers: pinned, reason: 'hidden' }],
  ['off', small, { isEnabled: false }, { receiving: false, layers: { halvings: 2 }, reason: 'app' }],
] as const)('what is %s', (_what, ...[adapted, given, expected]) => {
  const { isEnabled, layers } = { isEnabled: true, layers: adapted?.layers, ...given };
  const isReceiving = isEnabled && (adapted?.receiving ?? true);
  const publication = { source: 'camera', kind: 'video', adapted, isEnabled, isReceiving, layers } as const;
  expect(wantedOf(publication)).toEqual(expected);
});
