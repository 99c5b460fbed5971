/** Payload protocol identifiers of data channels (RFC 8831 §8, RFC 8832 §8.1). */
export const PPID = { dcep: 50, text: 51, binary: 53, emptyText: 56, emptyBinary: 57 } as const;

const ENCODER = new TextEncoder();
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text as it goes over a channel: what is empty is sent as one byte (RFC 8831 §6.6). */
export function encodeText(text: string): { ppid: number; data: Uint8Array } {
  if (text === '') return { ppid: PPID.emptyText, data: Uint8Array.of(0) };
  return { ppid: PPID.text, data: ENCODER.encode(text) };
}

/** The text of a message; undefined: it is none. */
export function decodeText({ ppid, data }: { ppid: number; data: Uint8Array }): string | undefined {
  if (ppid === PPID.emptyText) return '';
  if (ppid !== PPID.text) return undefined;
  try {
    return UTF8.decode(data);
  } catch {
    return undefined;
  }
}
