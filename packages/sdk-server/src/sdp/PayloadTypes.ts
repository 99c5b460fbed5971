import type { MediaKind, RtpCapabilities } from '@parlor/protocol';
import { isRtx, roomCodecs } from './codecs.js';
import type { SdpCodec } from './description.js';

/** Below this a number has a fixed meaning (RFC 3551 §6) and nothing to parameterize. */
const FIRST_DYNAMIC = 35;

/**
 * Which codec each payload type of one connection stands for: the same in all of its sections, with the same parameters
 * (RFC 9143 §9.1; Chrome checks it). The room's own are taken from the start: the worker sends with no others. Those of its
 * retransmissions are not: rather none of them than no media of a client that uses their numbers.
 */
export class PayloadTypes {
  #keys = new Map<number, string>();
  #written = new Map<number, SdpCodec>();

  constructor(capabilities: RtpCapabilities) {
    for (const kind of ['audio', 'video'] satisfies MediaKind[])
      for (const codec of roomCodecs(capabilities, kind))
        if (!isRtx(codec)) this.#keys.set(codec.payloadType, keyOf(codec));
  }

  /** Whether the payload type does not stand for another codec. */
  isFree(codec: SdpCodec): boolean {
    return (this.#keys.get(codec.payloadType) ?? keyOf(codec)) === keyOf(codec);
  }

  /** Takes the payload type; the codec as all sections have to write it. Undefined: it stands for another one. */
  claim(codec: SdpCodec): SdpCodec | undefined {
    if (!this.isFree(codec)) return undefined;
    const { payloadType } = codec;
    const written = this.#written.get(payloadType);
    if (written) return written;
    const first = payloadType < FIRST_DYNAMIC ? { ...codec, parameters: {}, rtcpFeedback: [] } : codec;
    this.#keys.set(payloadType, keyOf(codec));
    this.#written.set(payloadType, first);
    return first;
  }

  /** Remembers this state; the function returned brings it back. */
  snapshot(): () => void {
    const keys = new Map(this.#keys);
    const written = new Map(this.#written);
    return () => {
      this.#keys = keys;
      this.#written = written;
    };
  }
}

function keyOf(codec: SdpCodec): string {
  const { mimeType, clockRate, channels = 1, parameters = {} } = codec;
  const telling = isRtx(codec)
    ? [parameters['apt']]
    : // The level may differ (RFC 6184 §8.2.2), the profile may not.
      [
        String(parameters['profile-level-id'] ?? '').slice(0, 4),
        parameters['packetization-mode'],
        parameters['profile-id'],
      ];
  return [mimeType.toLowerCase(), clockRate, channels, ...telling.map((value) => String(value ?? ''))].join(
    '/',
  );
}
