import type { RtpParameters } from '@parlor/protocol';
import type { ConsumerLayers } from '../types.js';

/** The topmost of what a client sends of one video: layers are counted from 0. */
export interface HighestLayers {
  readonly spatialLayer: number;
  readonly temporalLayer: number;
}

/** As a scalability mode begins (W3C webrtc-svc §6): L or S, spatial layers, T, temporal layers. */
const MODE = /^[LS](\d)T(\d)/;

/** Simulcast: one encoding a spatial layer. SVC: all of them in one encoding. */
export function highestLayers({ encodings }: Pick<RtpParameters, 'encodings'>): HighestLayers {
  const [, spatial = '1', temporal = '1'] = MODE.exec(encodings[0]?.scalabilityMode ?? '') ?? [];
  return {
    spatialLayer: (encodings.length > 1 ? encodings.length : Number(spatial)) - 1,
    temporalLayer: Number(temporal) - 1,
  };
}

/**
 * What may be asked of the media server. A layer above the highest that is announced freezes what is received
 * (versatica/mediasoup#488), and clients ask for one in good faith: a capture that is small has fewer.
 */
export function clampLayers(asked: ConsumerLayers, highest: HighestLayers): ConsumerLayers {
  const { spatialLayer, temporalLayer } = asked;
  return {
    spatialLayer: clamp(spatialLayer, highest.spatialLayer),
    ...(temporalLayer !== undefined && { temporalLayer: clamp(temporalLayer, highest.temporalLayer) }),
  };
}

const clamp = (layer: number, highest: number): number => Math.max(0, Math.min(layer, highest));
