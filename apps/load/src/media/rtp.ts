const VERSION = 0x80;
const EXTENSION = 0x10;
const MARKER = 0x80;
const FIXED_HEADER = 12;
const ONE_BYTE_EXTENSIONS = 0xbede;
/** What is not speech: the least level of RFC 6464. */
export const SILENCE = 127;

export interface RtpHeader {
  payloadType: number;
  marker: boolean;
  sequenceNumber: number;
  timestamp: number;
  ssrc: number;
  /** Loudness, 0 (loudest) to 127 (silence), and the id that was agreed on for it (RFC 6464, RFC 8285 §4.2). */
  level?: { id: number; value: number };
}

/** RFC 3550 §5.1. */
export function writeRtp(header: RtpHeader, payload: Buffer): Buffer {
  const { level } = header;
  const extension = level ? 8 : 0;
  const packet = Buffer.allocUnsafe(FIXED_HEADER + extension + payload.length);
  packet[0] = VERSION | (level ? EXTENSION : 0);
  packet[1] = (header.marker ? MARKER : 0) | header.payloadType;
  packet.writeUInt16BE(header.sequenceNumber & 0xffff, 2);
  packet.writeUInt32BE(header.timestamp >>> 0, 4);
  packet.writeUInt32BE(header.ssrc, 8);
  if (level) {
    packet.writeUInt16BE(ONE_BYTE_EXTENSIONS, FIXED_HEADER);
    packet.writeUInt16BE(1, FIXED_HEADER + 2);
    packet.writeUInt32BE(((level.id << 28) | (level.value << 16)) >>> 0, FIXED_HEADER + 4);
  }
  payload.copy(packet, FIXED_HEADER + extension);
  return packet;
}

/** RTCP shares the port and has packet types from 192 to 223 in the same place (RFC 5761 §4). */
export const isRtcp = (packet: Buffer): boolean => {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
};

export const sequenceNumberOf = (packet: Buffer): number => packet.readUInt16BE(2);
