import type { RtpCapabilities } from '@parlor/protocol';

/**
 * What node-datachannel can do with what the server sends: no RTX, and no bandwidth estimation, whose feedback it does not
 * write; a server that waited for that would send next to nothing.
 */
export function receivable({ codecs = [] }: RtpCapabilities): RtpCapabilities {
  return {
    codecs: codecs
      .filter(({ mimeType }) => /^(audio\/opus|video\/vp8)$/i.test(mimeType))
      .map((codec) => ({
        ...codec,
        rtcpFeedback: (codec.rtcpFeedback ?? []).filter(({ type }) => type === 'nack' || type === 'ccm'),
      })),
    headerExtensions: [],
  };
}
