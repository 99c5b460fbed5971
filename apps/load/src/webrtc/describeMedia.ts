import { Audio, Video } from 'node-datachannel';

/** One media section: a microphone with one stream, a camera with one or with a stream for each layer. */
export interface Outgoing {
  kind: 'audio' | 'video';
  payloadType: number;
  ssrcs: readonly number[];
  /** Somebody who watches the stream needs a key frame. */
  onKeyFrameAsked?: (ssrc: number) => void;
}

/** The section as node-datachannel takes it, with Opus or VP8. */
export function describeMedia({ kind, payloadType, ssrcs }: Outgoing, mid: string): Audio | Video {
  if (kind === 'audio') {
    const audio = new Audio(mid, 'SendOnly');
    audio.addOpusCodec(payloadType);
    for (const ssrc of ssrcs) audio.addSSRC(ssrc, String(ssrc), 'load', kind);
    return audio;
  }
  const video = new Video(mid, 'SendOnly');
  video.addVP8Codec(payloadType);
  for (const ssrc of ssrcs) video.addSSRC(ssrc, String(ssrc), 'load', kind);
  return video;
}
