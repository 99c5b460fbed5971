import type { RtpParameters, TransportInfo } from '@parlor/protocol';
import { RtpSender } from './media/RtpSender.js';
import type { Sample, Samples } from './media/Sample.js';
import type { Ticker } from './media/Ticker.js';
import type { Outgoing } from './webrtc/describeMedia.js';
import { SendConnection } from './webrtc/SendConnection.js';

const AUDIO_TYPE = 111;
const VIDEO_TYPE = 96;
const LEVEL_ID = 1;
const MAX_SSRC = 2 ** 32 - 1;

export interface Publication {
  samples: Samples;
  ticker: Ticker;
  /** Loudness of the microphone now, 0 (loudest) to 127 (RFC 6464). */
  level: () => number;
}

const randomSsrc = (): number => 1 + Math.floor(Math.random() * MAX_SSRC);

const audioParameters = (ssrc: number): RtpParameters => ({
  mid: '0',
  codecs: [{ mimeType: 'audio/opus', payloadType: AUDIO_TYPE, clockRate: 48_000, channels: 2 }],
  headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: LEVEL_ID }],
  encodings: [{ ssrc }],
  rtcp: { cname: `load-${String(ssrc)}` },
});

const bitrateOf = ({ frames, rate }: Sample): number => {
  const bytes = frames.flat().reduce((sum, { length }) => sum + length, 0);
  return Math.round((bytes * 8 * rate) / frames.length);
};

const videoParameters = (ssrcs: readonly number[], layers: readonly Sample[]): RtpParameters => ({
  mid: '1',
  codecs: [
    {
      mimeType: 'video/VP8',
      payloadType: VIDEO_TYPE,
      clockRate: 90_000,
      rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
    },
  ],
  encodings: ssrcs.map((ssrc, layer) => {
    const sample = layers[layer];
    return { ssrc, ...(sample && { maxBitrate: bitrateOf(sample) }) };
  }),
  rtcp: { cname: `load-${String(ssrcs[0])}` },
});

/** A microphone and a camera, with a stream for each layer of its simulcast. */
export class Publishing {
  readonly connection: SendConnection;
  readonly audio: RtpParameters;
  readonly video: RtpParameters;
  readonly #senders: RtpSender[];
  readonly #ticker: Ticker;

  constructor(name: string, transport: TransportInfo, { samples, ticker, level }: Publication) {
    const audioSsrc = randomSsrc();
    const videoSsrcs = samples.video.map(randomSsrc);
    this.audio = audioParameters(audioSsrc);
    this.video = videoParameters(videoSsrcs, samples.video);
    const media: Outgoing[] = [
      { kind: 'audio', payloadType: AUDIO_TYPE, ssrcs: [audioSsrc] },
      {
        kind: 'video',
        payloadType: VIDEO_TYPE,
        ssrcs: videoSsrcs,
        onKeyFrameAsked: (ssrc) => this.#senders.find((sender) => sender.ssrc === ssrc)?.sendKeyFrame(),
      },
    ];
    const connection = new SendConnection(name, transport, media);
    this.connection = connection;
    this.#ticker = ticker;
    this.#senders = [
      new RtpSender(
        {
          ssrc: audioSsrc,
          payloadType: AUDIO_TYPE,
          sample: samples.audio,
          level: { id: LEVEL_ID, now: level },
        },
        (packet) => {
          connection.send(0, packet);
        },
      ),
      ...samples.video.map(
        (sample, layer) =>
          new RtpSender({ ssrc: videoSsrcs[layer] ?? 0, payloadType: VIDEO_TYPE, sample }, (packet) => {
            connection.send(1, packet);
          }),
      ),
    ];
  }

  get sent(): { packets: number; bytes: number } {
    return {
      packets: this.#senders.reduce((sum, { packets }) => sum + packets, 0),
      bytes: this.#senders.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** Begins to send. */
  start(): void {
    for (const sender of this.#senders) this.#ticker.add(sender);
  }

  close(): void {
    for (const sender of this.#senders) this.#ticker.remove(sender);
    this.connection.close();
  }
}
