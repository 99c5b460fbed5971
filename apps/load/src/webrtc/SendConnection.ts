import type { DtlsParameters, TransportInfo } from '@parlor/protocol';
import type { Track } from 'node-datachannel';
import { keyFramesAskedFor } from '../media/rtcp.js';
import { isRtcp } from '../media/rtp.js';
import { Connection } from './Connection.js';
import { describeMedia, type Outgoing } from './describeMedia.js';
import { serverSdp, type Section } from './sdp.js';

const CODECS = { audio: 'opus/48000/2', video: 'VP8/90000' };

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
