import type { ConsumerInfo, DtlsParameters, TransportInfo } from '@parlor/protocol';
import { RtcpReceivingSession, type Track } from 'node-datachannel';
import { isRtcp } from '../media/rtp.js';
import { Connection } from './Connection.js';
import { serverSdp, type Section } from './sdp.js';

export type ReceivedStream = Pick<ConsumerInfo, 'kind' | 'rtpParameters'>;

type OnPacket = (packet: Buffer) => void;

function sectionOf({ kind, rtpParameters }: ReceivedStream, mid: string): Section {
  const [codec] = rtpParameters.codecs;
  const ssrc = rtpParameters.encodings[0]?.ssrc;
  if (!codec || ssrc === undefined) throw new Error('the server described a stream without codec or SSRC');
  const { mimeType, clockRate, channels = 1, payloadType } = codec;
  const name = `${mimeType.split('/')[1] ?? ''}/${String(clockRate)}${channels > 1 ? `/${String(channels)}` : ''}`;
  return { mid, kind, payloadType, codec: name, ssrc };
}

/** Receives RTP packets as they come, without decoding them. */
export class ReceiveConnection extends Connection {
  readonly #sections: Section[] = [];
  readonly #listeners = new Map<string, OnPacket>();
  /** What node-datachannel gives is collected as garbage, with its callbacks, unless somebody holds it. */
  readonly #tracks: Track[] = [];

  constructor(name: string, transport: TransportInfo) {
    super(name, transport);
    this.pc.onTrack((track) => {
      this.#tracks.push(track);
      track.setMediaHandler(new RtcpReceivingSession());
      const onPacket = this.#listeners.get(track.mid());
      track.onMessage((message) => {
        if (!isRtcp(message)) onPacket?.(message);
      });
    });
  }

  /** Takes more streams in. The first time, the answer is what the server has to know to connect. */
  add(streams: readonly (readonly [stream: ReceivedStream, onPacket: OnPacket])[]): DtlsParameters {
    for (const [stream, onPacket] of streams) {
      const mid = String(this.#sections.length);
      this.#sections.push(sectionOf(stream, mid));
      this.#listeners.set(mid, onPacket);
    }
    this.pc.setRemoteDescription(serverSdp(this.transport, 'sendonly', this.#sections), 'offer');
    return this.describe('answer');
  }
}
