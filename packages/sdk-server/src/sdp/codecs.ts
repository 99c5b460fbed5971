import type { MediaKind, RtpCapabilities } from '@parlor/protocol';
import { isSameProfile } from 'h264-profile-level-id';
import type { SdpCodec } from './description.js';
import type { PayloadTypes } from './PayloadTypes.js';

export const isRtx = ({ mimeType }: { mimeType: string }): boolean => /\/rtx$/i.test(mimeType);

const parameter = ({ parameters }: SdpCodec, name: string): unknown => parameters?.[name];

/** Whether what one sends the other can decode (RFC 6184 §8.2.2, RFC 9628 §7). */
export function isSameCodec(a: SdpCodec, b: SdpCodec): boolean {
  const mimeType = a.mimeType.toLowerCase();
  if (mimeType !== b.mimeType.toLowerCase() || a.clockRate !== b.clockRate) return false;
  if ((a.channels ?? 1) !== (b.channels ?? 1)) return false;
  const same = (name: string) => Number(parameter(a, name) ?? 0) === Number(parameter(b, name) ?? 0);
  if (mimeType === 'video/vp9') return same('profile-id');
  if (mimeType === 'video/h264')
    return same('packetization-mode') && isSameProfile(a.parameters, b.parameters);
  return true;
}

/** What stands in a section for a codec of the room: without what only Google's encoders read of a local description. */
export function roomCodecs(capabilities: RtpCapabilities, kind: MediaKind): SdpCodec[] {
  return (capabilities.codecs ?? [])
    .filter((codec) => codec.kind === kind)
    .flatMap(({ mimeType, preferredPayloadType, clockRate, channels, parameters = {}, rtcpFeedback = [] }) =>
      preferredPayloadType === undefined
        ? []
        : [
            {
              mimeType,
              payloadType: preferredPayloadType,
              clockRate,
              ...(channels !== undefined && channels > 1 && { channels }),
              parameters: Object.fromEntries(
                Object.entries(parameters).filter(([name]) => !name.startsWith('x-google-')),
              ),
              rtcpFeedback,
            },
          ],
    );
}

const sharedFeedback = (a: SdpCodec, b: SdpCodec): SdpCodec['rtcpFeedback'] =>
  (a.rtcpFeedback ?? []).filter((one) =>
    b.rtcpFeedback?.some(
      ({ type, parameter: detail = '' }) => type === one.type && detail === (one.parameter ?? ''),
    ),
  );

export interface Choice {
  offered: readonly SdpCodec[];
  kind: MediaKind;
  capabilities: RtpCapabilities;
  payloadTypes: PayloadTypes;
}

/**
 * The codec in which the client shall send, in the room's order of preference, with its retransmission codec if there
 * is one; payload types are the client's. Undefined: there is none in common.
 */
export function chooseCodecs({ offered, kind, capabilities, payloadTypes }: Choice): SdpCodec[] | undefined {
  for (const known of roomCodecs(capabilities, kind)) {
    if (isRtx(known)) continue;
    for (const codec of offered) {
      if (!isSameCodec(codec, known)) continue;
      const { payloadType } = codec;
      const media = payloadTypes.claim({
        ...codec,
        mimeType: known.mimeType,
        rtcpFeedback: sharedFeedback(codec, known),
      });
      if (!media) continue;
      const rtx = offered.find((other) => isRtx(other) && parameter(other, 'apt') === payloadType);
      const claimed = rtx && payloadTypes.claim({ ...rtx, mimeType: `${kind}/rtx`, rtcpFeedback: [] });
      return claimed ? [media, claimed] : [media];
    }
  }
  return undefined;
}

export interface Reception {
  kind: MediaKind;
  capabilities: RtpCapabilities;
  payloadTypes: PayloadTypes;
  /** What the client has ever listed of this kind; empty: nothing is known yet. */
  decodable: readonly SdpCodec[];
}

/** The room's codecs that the client can be sent, at the payload types at which the worker sends them. */
export function receivableCodecs({ kind, capabilities, payloadTypes, decodable }: Reception): SdpCodec[] {
  const accepted = new Map<unknown, SdpCodec>();
  for (const codec of roomCodecs(capabilities, kind)) {
    if (!payloadTypes.isFree(codec)) continue;
    if (isRtx(codec)) {
      if (accepted.has(parameter(codec, 'apt'))) accepted.set(codec.payloadType, codec);
      continue;
    }
    const theirs = decodable.find((other) => isSameCodec(codec, other));
    if (decodable.length > 0 && !theirs) continue;
    accepted.set(
      codec.payloadType,
      theirs ? { ...codec, rtcpFeedback: sharedFeedback(codec, theirs) } : codec,
    );
  }
  return [...accepted.values()];
}
