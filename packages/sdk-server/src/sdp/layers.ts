import type { Consumer } from '../core/types.js';
import { ABS_SEND_TIME, TRANSPORT_CC } from './extmap.js';
import type { MLine } from './mlines.js';
import { isSent } from './sections.js';

type Layered = Pick<Consumer, 'type' | 'setPreferredLayers'>;

/** Up to how many videos each gets which spatial layer. */
const CAPS = [
  { videos: 2, spatialLayer: 2 },
  { videos: 6, spatialLayer: 1 },
  { videos: Infinity, spatialLayer: 0 },
];

/**
 * Where header extension ids clash (extmap.ts), the worker learns nothing of the client's bandwidth and would send the
 * best layer of everybody's video: the more there are, the less of each.
 */
export class LayerCaps {
  readonly #set = new WeakMap<Layered, number>();

  apply(lines: Iterable<MLine>): void {
    const shown = [...lines].filter((line) => line.media === 'video' && isSent(line));
    this.cap(
      shown.flatMap(({ consumer, sendExtensions }) =>
        consumer ? { consumer, isEstimated: sendExtensions.some(({ uri }) => ESTIMATING.has(uri)) } : [],
      ),
    );
  }

  cap(videos: readonly { consumer: Layered; isEstimated: boolean }[]): void {
    const spatialLayer = CAPS.find((cap) => videos.length <= cap.videos)?.spatialLayer ?? 0;
    for (const { consumer, isEstimated } of videos) {
      if (isEstimated || consumer.type === 'simple' || this.#set.get(consumer) === spatialLayer) continue;
      this.#set.set(consumer, spatialLayer);
      // Fails where the track has just ended.
      consumer.setPreferredLayers({ spatialLayer }).catch(() => undefined);
    }
  }
}

/** From which the worker learns the client's bandwidth. */
const ESTIMATING: ReadonlySet<string> = new Set([TRANSPORT_CC, ABS_SEND_TIME]);
