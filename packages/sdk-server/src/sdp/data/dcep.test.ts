import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openMessage } from '../../../test/sdp/openMessage.js';
import { readOpen } from './dcep.js';

/** By RFC 8832 §5.1, of `createDataChannel('chat', { ordered: false, maxRetransmits: 3, protocol: 'json' })`. */
const CHAT = Uint8Array.of(
  ...[0x03, 0x81, 0x01, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x04],
  ...[0x63, 0x68, 0x61, 0x74, 0x6a, 0x73, 0x6f, 0x6e],
);

describe('opening messages', () => {
  test('have a label', () => {
    expect(readOpen(CHAT)).toEqual({ label: 'chat' });
    expect(readOpen(openMessage(''))).toEqual({ label: '' });
    expect(readOpen(openMessage('ä😀', 'p'))).toEqual({ label: 'ä😀' });
    // Anywhere in a larger buffer.
    const inside = new Uint8Array(100).fill(0xff);
    inside.set(CHAT, 7);
    expect(readOpen(inside.subarray(7, 7 + CHAT.length))).toEqual({ label: 'chat' });
  });

  test('are no others', () => {
    expect(readOpen(Uint8Array.of(0x02))).toBeUndefined();
    expect(readOpen(new Uint8Array())).toBeUndefined();
    expect(readOpen(CHAT.subarray(0, CHAT.length - 1))).toBeUndefined();
    expect(readOpen(openMessage('label').fill(0xff, 12))).toBeUndefined();
  });

  test('of any bytes are read or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, opens) => {
        if (opens && bytes.length > 0) bytes[0] = 0x03;
        const read = readOpen(bytes);
        expect(read === undefined || bytes[0] === 0x03).toBe(true);
      }),
    );
  });
});
