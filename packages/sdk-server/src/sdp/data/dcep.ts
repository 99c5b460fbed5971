/** The Data Channel Establishment Protocol (RFC 8832): what clients say before they send on a channel. */

/** RFC 8832 §8.2.1. */
const OPEN = 0x03;
const ACK = 0x02;
/** What an opening message has before the label (RFC 8832 §5.1), bytes. */
const HEADER = 12;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The label of a channel that is opened (RFC 8832 §5.1); undefined: the message opens none. */
export function readOpen(message: Uint8Array): { label: string } | undefined {
  if (message.byteLength < HEADER || message[0] !== OPEN) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const labelLength = view.getUint16(8);
  if (HEADER + labelLength + view.getUint16(10) > message.byteLength) return undefined;
  try {
    return { label: UTF8.decode(message.subarray(HEADER, HEADER + labelLength)) };
  } catch {
    return undefined;
  }
}

/** Says that the channel is there on this side too (RFC 8832 §5.2). */
export const ACKNOWLEDGEMENT: Uint8Array = Uint8Array.of(ACK);

/** Opens a channel without a label, reliable and in order (RFC 8832 §5.1). */
export const OPENING: Uint8Array = Uint8Array.of(OPEN, ...Array.from({ length: HEADER - 1 }, () => 0));
