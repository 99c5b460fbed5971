const VERSION = 0x80;
const SENDER_REPORT = 200;
const PAYLOAD_FEEDBACK = 206;
const PICTURE_LOSS = 1;
const FULL_INTRA_REQUEST = 4;
/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_EPOCH = 2_208_988_800;

export interface SenderReport {
  ssrc: number;
  /** Milliseconds since 1970. */
  now: number;
  timestamp: number;
  packets: number;
  bytes: number;
}

/** RFC 3550 §6.4.1, without report blocks: what lets a receiver tell how streams stand to each other in time. */
export function writeSenderReport({ ssrc, now, timestamp, packets, bytes }: SenderReport): Buffer {
  const report = Buffer.alloc(28);
  report[0] = VERSION;
  report[1] = SENDER_REPORT;
  report.writeUInt16BE(report.length / 4 - 1, 2);
  report.writeUInt32BE(ssrc, 4);
  report.writeUInt32BE((Math.floor(now / 1000) + NTP_EPOCH) >>> 0, 8);
  report.writeUInt32BE(Math.floor(((now % 1000) / 1000) * 2 ** 32) >>> 0, 12);
  report.writeUInt32BE(timestamp >>> 0, 16);
  report.writeUInt32BE(packets >>> 0, 20);
  report.writeUInt32BE(bytes >>> 0, 24);
  return report;
}

/** The streams that a compound packet asks key frames of (RFC 4585 §6.3.1, RFC 5104 §4.3.1). */
export function keyFramesAskedFor(compound: Buffer): number[] {
  const asked: number[] = [];
  for (let at = 0; at + 12 <= compound.length;) {
    const format = (compound[at] ?? 0) & 0x1f;
    const end = at + (compound.readUInt16BE(at + 2) + 1) * 4;
    if (compound[at + 1] === PAYLOAD_FEEDBACK && format === PICTURE_LOSS) {
      asked.push(compound.readUInt32BE(at + 8));
    }
    if (compound[at + 1] === PAYLOAD_FEEDBACK && format === FULL_INTRA_REQUEST) {
      for (let entry = at + 12; entry + 8 <= Math.min(end, compound.length); entry += 8) {
        asked.push(compound.readUInt32BE(entry));
      }
    }
    at = end;
  }
  return asked;
}
