/** FIN, opcode 1. */
const TEXT = '\x81';

/**
 * A text message in one unmasked frame (RFC 6455 §5.2), as `stream.write(frame, 'latin1')` takes it. In one piece, because
 * a write of a header and a text that are apart costs half as much again.
 */
export function textFrame(text: string): string | Buffer {
  const length = Buffer.byteLength(text);
  const head = TEXT + lengthField(length);
  // What is ASCII has a byte for each character in either encoding.
  if (length === text.length) return head + text;
  const frame = Buffer.allocUnsafe(head.length + length);
  frame.write(head, 'latin1');
  frame.write(text, head.length, 'utf8');
  return frame;
}

/** Payload length without a mask, a character for each byte. */
function lengthField(length: number): string {
  if (length < 126) return String.fromCharCode(length);
  if (length < 0x10000) return String.fromCharCode(126, length >> 8, length & 0xff);
  const bytes = Buffer.alloc(9);
  bytes[0] = 127;
  bytes.writeUIntBE(length, 3, 6);
  return bytes.toString('latin1');
}
