import { SILENCE, writeRtp } from './rtp.js';
import { writeSenderReport } from './rtcp.js';
import type { Sample } from './Sample.js';
import { writePictureId } from './vp8.js';

const REPORT_EVERY_MS = 1000;
/** How far behind a sender may be before it leaves out what is late, as a camera would. */
const MAX_BEHIND_MS = 200;

export interface RtpStream {
  ssrc: number;
  payloadType: number;
  sample: Sample;
  /** Where loudness is told, and how loud it is (RFC 6464). */
  level?: { id: number; now: () => number };
}

/** Sends a sample as one RTP stream, frame by frame as their time comes. */
export class RtpSender {
  readonly ssrc: number;
  packets = 0;
  bytes = 0;
  readonly #stream: RtpStream;
  readonly #send: (packet: Buffer) => void;
  readonly #timestampBase = Math.floor(Math.random() * 2 ** 31);
  #sequenceNumber = Math.floor(Math.random() * 2 ** 15);
  #pictureId = Math.floor(Math.random() * 2 ** 14);
  #startedAt: number | undefined;
  #reportedAt = -Infinity;
  /** Frames that were due until now, and the place in the sample. */
  #sentFrames = 0;
  #next = 0;

  constructor(stream: RtpStream, send: (packet: Buffer) => void) {
    this.#stream = stream;
    this.#send = send;
    this.ssrc = stream.ssrc;
  }

  /** Sends what is due. `now`: milliseconds of `performance.now()`. */
  sendDue(now: number): void {
    const { rate } = this.#stream.sample;
    this.#startedAt ??= now;
    const due = Math.floor(((now - this.#startedAt) * rate) / 1000) + 1;
    this.#sentFrames = Math.max(this.#sentFrames, due - Math.ceil((MAX_BEHIND_MS * rate) / 1000));
    while (this.#sentFrames < due) this.#sendFrame();
    if (now - this.#reportedAt >= REPORT_EVERY_MS) this.#report(now);
  }

  /** The next frame is one that decoders can begin with. */
  sendKeyFrame(): void {
    const { keyFrames } = this.#stream.sample;
    this.#next = keyFrames.find((index) => index >= this.#next) ?? keyFrames[0] ?? this.#next;
  }

  #sendFrame(): void {
    const { sample, payloadType, ssrc, level } = this.#stream;
    const payloads = sample.frames[this.#next] ?? [];
    const timestamp = this.#timestampAt(this.#sentFrames / sample.rate);
    this.#pictureId++;
    payloads.forEach((payload, index) => {
      if (sample.kind === 'video') writePictureId(payload, this.#pictureId);
      const packet = writeRtp(
        {
          payloadType,
          marker: sample.kind === 'video' && index === payloads.length - 1,
          sequenceNumber: this.#sequenceNumber++,
          timestamp,
          ssrc,
          ...(level && { level: { id: level.id, value: Math.min(SILENCE, level.now()) } }),
        },
        payload,
      );
      this.#send(packet);
      this.packets++;
      this.bytes += packet.length;
    });
    this.#sentFrames++;
    this.#next = (this.#next + 1) % sample.frames.length;
  }

  #report(now: number): void {
    this.#reportedAt = now;
    const { ssrc, packets, bytes } = this;
    const timestamp = this.#timestampAt((now - (this.#startedAt ?? now)) / 1000);
    this.#send(writeSenderReport({ ssrc, now: Date.now(), timestamp, packets, bytes }));
  }

  #timestampAt(seconds: number): number {
    return (this.#timestampBase + Math.round(seconds * this.#stream.sample.clockRate)) >>> 0;
  }
}
