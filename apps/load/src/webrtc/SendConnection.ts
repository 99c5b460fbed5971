import type { DtlsParameters, TransportInfo } from '@parlor/protocol';
import { Audio, Video, type Track } from 'node-datachannel';
import { keyFramesAskedFor } from '../media/rtcp.js';
import { isRtcp } from '../media/rtp.js';
import { Connection } from './Connection.js';
import { serverSdp, type Section } from './sdp.js';

/** One media section: a microphone with one stream, a camera with one or with a stream for each layer. */
export interface Outgoing {
  kind: 'audio' | 'video';
  payloadType: number;
  ssrcs: readonly number[];
  /** Somebody who watches the stream needs a key frame. */
  onKeyFrameAsked?: (ssrc: number) => void;
}

const CODECS = { audio: 'opus/48000/2', video: 'VP8/90000' };

function describeMedia({ kind, payloadType, ssrcs }: Outgoing, mid: string): Audio | Video {
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

/** Sends RTP packets as they are. */
export class SendConnection extends Connection {
  readonly dtlsParameters: DtlsParameters;
  readonly #tracks: Track[];

  constructor(name: string, transport: TransportInfo, media: readonly Outgoing[]) {
    super(name, transport);
    const sections: Section[] = media.map(({ kind, payloadType }, index) => ({
      mid: String(index),
      kind,
      payloadType,
      codec: CODECS[kind],
    }));
    this.#tracks = media.map((outgoing, index) => {
      const track = this.pc.addTrack(describeMedia(outgoing, String(index)));
      track.onMessage((message) => {
        if (!isRtcp(message)) return;
        for (const ssrc of keyFramesAskedFor(message)) outgoing.onKeyFrameAsked?.(ssrc);
      });
      return track;
    });
    this.dtlsParameters = this.describe('offer');
    this.pc.setRemoteDescription(serverSdp(transport, 'recvonly', sections), 'answer');
  }

  /** `index`: of the media section. */
  send(index: number, packet: Buffer): void {
    const track = this.#tracks[index];
    if (track?.isOpen()) track.sendMessageBinary(packet);
  }
}
