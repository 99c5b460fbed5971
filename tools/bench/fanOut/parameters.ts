import type { RtpParameters } from '@parlor/protocol';

/** A video without simulcast, as small as its description can be. */
export const videoParameters = (ssrc: number, payloadType: number): RtpParameters => ({
  mid: '0',
  codecs: [
    {
      mimeType: 'video/VP8',
      payloadType,
      clockRate: 90_000,
      rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
    },
  ],
  encodings: [{ ssrc }],
  rtcp: { cname: 'bench' },
});
