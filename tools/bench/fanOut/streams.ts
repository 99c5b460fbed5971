import type { RtpParameters } from '@parlor/protocol';

export type Kind = 'audio' | 'video';

/** One microphone or one camera without simulcast, as it is sent. */
export interface Stream {
  kind: Kind;
  payloadType: number;
  ssrc: number;
  clockRate: number;
  /** What is in each of its packets behind the header of 12 bytes: 100 bytes of Opus, 1200 of VP8 in all. */
  payload: Buffer;
}

/** Full band, 20 ms, two channels, one frame (RFC 6716 §3.1). */
const OPUS = [0xfc];
/** The first bytes of a key frame of VP8, 640x480, behind its RTP descriptor. */
const KEY_FRAME = [0x90, 0x80, 0x80, 0, 0x10, 2, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1];

function payloadOf(bytes: number, begin: readonly number[]): Buffer {
  const payload = Buffer.alloc(bytes);
  payload.set(begin);
  return payload;
}

export const STREAMS: Record<Kind, Stream> = {
  audio: { kind: 'audio', payloadType: 111, ssrc: 1111, clockRate: 48_000, payload: payloadOf(88, OPUS) },
  video: {
    kind: 'video',
    payloadType: 96,
    ssrc: 2222,
    clockRate: 90_000,
    payload: payloadOf(1188, KEY_FRAME),
  },
};

/** Its description, as small as it can be. */
export function parametersOf({ kind, payloadType, ssrc, clockRate }: Stream): RtpParameters {
  const codec =
    kind === 'audio'
      ? { mimeType: 'audio/opus', channels: 2 }
      : { mimeType: 'video/VP8', rtcpFeedback: [{ type: 'nack', parameter: 'pli' }] };
  return {
    mid: '0',
    codecs: [{ ...codec, payloadType, clockRate }],
    encodings: [{ ssrc }],
    rtcp: { cname: 'bench' },
  };
}
