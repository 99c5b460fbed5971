/** FIN, opcode 1. */
const TEXT = '\x81';

/** A text message as one unmasked frame (RFC 6455 §5.2), a character for each byte: `latin1` for a stream. */
export function textFrame(text: string, isAscii = false): string {
  const length = isAscii ? text.length : Buffer.byteLength(text);
  // What is ASCII has a byte for each character anyway.
  const bytes = length === text.length ? text : Buffer.from(text).toString('latin1');
  return TEXT + lengthField(length) + bytes;
}

/** Payload length without a mask. */
function lengthField(length: number): string {
  if (length < 126) return String.fromCharCode(length);
  if (length < 0x10000) return String.fromCharCode(126, length >> 8, length & 0xff);
  const bytes = Buffer.alloc(9);
  bytes[0] = 127;
  bytes.writeUIntBE(length, 3, 6);
  return bytes.toString('latin1');
}
