/** An opening message of a data channel, reliable and in order (RFC 8832 §5.1). */
export function openMessage(label: string, protocol = ''): Uint8Array {
  const [labelBytes, protocolBytes] = [label, protocol].map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(12 + labelBytes!.length + protocolBytes!.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x03);
  view.setUint16(8, labelBytes!.length);
  view.setUint16(10, protocolBytes!.length);
  bytes.set(labelBytes!, 12);
  bytes.set(protocolBytes!, 12 + labelBytes!.length);
  return bytes;
}
