import type { AppData, MediaKind } from '@parlor/protocol';
import type { Producer } from '../core/types.js';

/** RFC 8866 §9 `token-char`, without the two that are used here. */
const token = (text: string): string =>
  encodeURIComponent(text).replace(/[()~]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);

/** The media stream of a peer's camera and microphone. */
export const streamIdOfPeer = (peerId: string): string => token(peerId);

/**
 * The media stream in which a producer appears to SDP clients: the id of its peer, percent-encoded. Screens, and further
 * streams of an SDP client, have their own: a browser shows one video a stream.
 */
export function streamIdOf({ peer, appData }: Pick<Producer, 'peer' | 'appData'>): string {
  const { source, stream } = appData;
  const own = streamIdOfPeer(peer.id);
  if (typeof stream === 'string') return `${own}~${token(stream)}`;
  return source === 'screen' || source === 'screenAudio' ? `${own}~screen` : own;
}

/** RFC 8830: stream and track. */
export const msidOf = (producer: Producer): string => `${streamIdOf(producer)} ${token(producer.id)}`;

const MAIN_SOURCES: Record<MediaKind, string> = { audio: 'microphone', video: 'camera' };

/**
 * What others are told of a track of an SDP client. Descriptions do not say what a track shows: the first of each kind is
 * the camera or the microphone, of more nothing is known but which of them belong together.
 */
export function appDataOf(
  kind: MediaKind,
  msid: { stream: string } | undefined,
  others: Iterable<Producer>,
): AppData {
  const isMain = ({ closed, appData, kind: other }: Producer) =>
    !closed && other === kind && appData['stream'] === undefined;
  if (![...others].some(isMain)) return { source: MAIN_SOURCES[kind] };
  return { source: 'unknown', stream: msid?.stream ?? 'more' };
}
