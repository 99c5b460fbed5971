import type { types } from 'mediasoup-client';
import type { VideoLayers } from '../../types.js';
import type { WantedLayers } from '../MediaDriver.js';

/**
 * Of what is wanted the layers that a consumer has: asked for more than there are, mediasoup sends nothing. Undefined:
 * nothing to choose from. The consumer's scalability mode (W3C webrtc-svc) tells simulcast layers as well.
 */
export function chooseLayers(
  wanted: WantedLayers,
  { encodings }: types.RtpParameters,
): VideoLayers | undefined {
  const sizes = Number(encodings?.[0]?.scalabilityMode?.[1]);
  if ('halvings' in wanted)
    return sizes > 1 ? { spatialLayer: Math.max(0, sizes - 1 - wanted.halvings) } : undefined;
  return sizes > 0 ? { ...wanted, spatialLayer: Math.min(wanted.spatialLayer, sizes - 1) } : wanted;
}
