import { expect, test } from 'vitest';
import type { ConsumerLayers } from '../core/types.js';
import { LayerCaps } from './layers.js';

function video(type: 'simple' | 'simulcast' = 'simulcast', isEstimated = false) {
  const asked: ConsumerLayers[] = [];
  const consumer = {
    kind: 'video' as const,
    type,
    setPreferredLayers: (layers: ConsumerLayers) => {
      asked.push(layers);
      return Promise.resolve();
    },
  };
  return { consumer, isEstimated, asked };
}

test('the more videos, the lower the layers, each told once', () => {
  const caps = new LayerCaps();
  const all = Array.from({ length: 8 }, () => video());
  for (const count of [1, 2, 3, 3, 6, 7, 8, 2]) caps.cap(all.slice(0, count));
  expect(all[0]?.asked).toEqual([2, 1, 0, 2].map((spatialLayer) => ({ spatialLayer })));
  expect(all[7]?.asked).toEqual([{ spatialLayer: 0 }]);
});

test('who has no layers, or whose bandwidth is known, is left alone', () => {
  const caps = new LayerCaps();
  const all = [video('simple'), video('simulcast', true), video(), video()];
  caps.cap(all);
  expect(all.map(({ asked }) => asked.length)).toEqual([0, 0, 1, 1]);
});
