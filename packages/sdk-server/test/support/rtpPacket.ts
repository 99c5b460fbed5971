export interface RtpPacketOptions {
  ssrc: number;
  payloadType: number;
  sequence: number;
  payload: Buffer;
  /** Header extensions by id. */
  extensions?: ReadonlyMap<number, Buffer>;
}

/** An RTP packet (RFC 3550 §5.1) with two-byte header extensions (RFC 8285 §4.3). */
export function rtpPacket({ ssrc, payloadType, sequence, payload, extensions }: RtpPacketOptions): Buffer {
  const head = Buffer.alloc(12);
  head[0] = 0x80 | (extensions?.size ? 0x10 : 0);
  head[1] = payloadType;
  head.writeUInt16BE(sequence & 0xffff, 2);
  head.writeUInt32BE((sequence * 3000) >>> 0, 4);
  head.writeUInt32BE(ssrc, 8);
  return Buffer.concat([head, ...(extensions?.size ? [extensionBlock(extensions)] : []), payload]);
}

function extensionBlock(extensions: ReadonlyMap<number, Buffer>): Buffer {
  const elements = Buffer.concat(
    [...extensions].flatMap(([id, value]) => [Buffer.from([id, value.length]), value]),
  );
  const padding = Buffer.alloc((4 - (elements.length % 4)) % 4);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0x1000, 0);
  head.writeUInt16BE((elements.length + padding.length) / 4, 2);
  return Buffer.concat([head, elements, padding]);
}
