import type { MediaKind, RtpCapabilities } from '@parlor/protocol';
import type { SdpExtension } from './description.js';

export const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
export const RID = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';
const REPAIRED_RID = 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id';
export const TRANSPORT_CC = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
export const ABS_SEND_TIME = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';
const AUDIO_LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
const ORIENTATION = 'urn:3gpp:video-orientation';

/**
 * Ids that the worker writes into packets to a client, negotiated or not: the same for all clients. A client that was
 * promised something else under one of them misreads it: Chrome takes the send time for a MID and drops all media.
 */
const EMITTED: Readonly<Record<number, string>> = {
  1: MID,
  4: ABS_SEND_TIME,
  5: TRANSPORT_CC,
  6: AUDIO_LEVEL,
  8: ORIENTATION,
};

/** What is worth having of a client's extensions. */
const USEFUL: ReadonlySet<string> = new Set([
  MID,
  RID,
  REPAIRED_RID,
  TRANSPORT_CC,
  ABS_SEND_TIME,
  AUDIO_LEVEL,
  ORIENTATION,
]);

/** The level is one byte long and our MIDs are longer: a MID under its id does not pass for one. */
const isHarmless = ({ id, uri }: SdpExtension): boolean => id === 1 && uri === AUDIO_LEVEL;

const clashes = (extension: SdpExtension): boolean => {
  const emitted = EMITTED[extension.id];
  return emitted !== undefined && emitted !== extension.uri && !isHarmless(extension);
};

const PRIVATE = /^urn:mediasoup:/;

/** Extensions of the room for one kind; `recvonly` ones cannot be sent, `sendonly` ones not received. */
function roomExtensions(capabilities: RtpCapabilities, kind: MediaKind, unwanted: string): SdpExtension[] {
  return (capabilities.headerExtensions ?? [])
    .filter((extension) => extension.kind === kind && extension.direction !== unwanted)
    .filter(({ uri }) => !PRIVATE.test(uri))
    .map(({ uri, preferredId }) => ({ uri, id: preferredId }));
}

/**
 * Header extensions of one connection: ids mean the same in all of its sections (RFC 9143 §9.1), and what an id once
 * meant to the client it means for ever (Chrome refuses to change it).
 */
export class Extensions {
  readonly #uris = new Map<number, string>();
  readonly #ids = new Map<string, number>();
  readonly #capabilities: RtpCapabilities;
  readonly #oneWay: boolean;

  /** `oneWay`: nothing is ever sent to the client, so nothing can be misread. */
  constructor(capabilities: RtpCapabilities, { oneWay }: { oneWay: boolean }) {
    this.#capabilities = capabilities;
    this.#oneWay = oneWay;
  }

  /** What the client has offered, accepted or not. */
  learn(extensions: readonly SdpExtension[]): void {
    for (const { id, uri } of extensions) {
      if (!this.#uris.has(id)) this.#uris.set(id, uri);
      if (!this.#ids.has(uri)) this.#ids.set(uri, id);
    }
  }

  /** Of what the client offers for media that it sends, what to accept. */
  acceptable(offered: readonly SdpExtension[], kind: MediaKind): SdpExtension[] {
    const known = new Set(roomExtensions(this.#capabilities, kind, 'sendonly').map(({ uri }) => uri));
    return offered
      .filter(({ uri, direction }) => known.has(uri) && USEFUL.has(uri) && direction !== 'recvonly')
      .filter((extension) => this.#isFree(extension) && (this.#oneWay || !clashes(extension)))
      .map(({ id, uri }) => ({ id, uri }));
  }

  /** What may be offered for media that is sent to the client: ids that never meant anything else to it. */
  sendable(kind: MediaKind): SdpExtension[] {
    return roomExtensions(this.#capabilities, kind, 'recvonly').filter((extension) =>
      this.#isFree(extension),
    );
  }

  /** What may be offered for media that the client is invited to send. */
  receivable(kind: MediaKind): SdpExtension[] {
    return roomExtensions(this.#capabilities, kind, 'sendonly')
      .filter(({ uri }) => USEFUL.has(uri))
      .filter((extension) => this.#isFree(extension));
  }

  #isFree({ id, uri }: SdpExtension): boolean {
    return (this.#uris.get(id) ?? uri) === uri && (this.#ids.get(uri) ?? id) === id;
  }
}

/** Those of `extensions` that the other side has listed, by id and name. */
export const listedIn = (
  extensions: readonly SdpExtension[],
  listed: readonly SdpExtension[],
): SdpExtension[] =>
  extensions.filter(({ id, uri }) => listed.some((other) => other.id === id && other.uri === uri));

/** One list of both, each id once. */
export function union(first: readonly SdpExtension[], second: readonly SdpExtension[]): SdpExtension[] {
  const taken = new Set(first.flatMap(({ id, uri }) => [id, uri]));
  return [...first, ...second.filter(({ id, uri }) => !taken.has(id) && !taken.has(uri))];
}
