import type { Adapted, RemoteTrackPublication } from '../participants/RemoteTrackPublication.js';
import type { WantedReason, WantedTrack } from './types.js';

/** What is asked for of a publication of somebody else. */
export type ReceivedPublication = Pick<
  RemoteTrackPublication,
  'source' | 'kind' | 'isEnabled' | 'isReceiving' | 'layers' | 'adapted' | 'holdReason'
>;

const FULL: Adapted = { receiving: true, halvings: 0, reason: 'full', layers: undefined };

/** The app's word goes before the elements', except that what cannot be seen is not received. */
export function wantedOf({
  isEnabled,
  isReceiving,
  layers,
  adapted = FULL,
}: ReceivedPublication): WantedTrack {
  const isOwn = !isEnabled || (adapted.receiving && layers !== adapted.layers);
  const reason: WantedReason = isOwn ? 'app' : adapted.reason;
  return { receiving: isReceiving, layers, reason };
}
