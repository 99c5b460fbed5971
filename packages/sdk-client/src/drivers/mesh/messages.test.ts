import { MAX_MESSAGE_BYTES, ProtooRequests } from '@parlor/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BYTES, MAX_TOPIC, readMessage, writeMessage } from './messages.js';

const anyTopic = fc.string({ maxLength: MAX_TOPIC });
const anyLength = fc.nat(MAX_TOPIC + 40);

describe('messages on a data channel', () => {
  it('arrive as they were', () => {
    fc.assert(
      fc.property(fc.record({ topic: anyTopic, payload: fc.jsonValue() }), (message) => {
        expect(readMessage(writeMessage(message))).toEqual(JSON.parse(JSON.stringify(message)));
      }),
    );
  });

  it('have the limits of those by signalling', () => {
    expect(MAX_BYTES).toBe(MAX_MESSAGE_BYTES);
    fc.assert(
      fc.property(anyLength, (length) => {
        const message = { topic: 'x'.repeat(length), payload: 1 };
        const taken = ProtooRequests.sendMessage.safeParse(message).success;
        expect(writeMessage(message) !== undefined).toBe(taken);
        expect(readMessage(JSON.stringify(message)) !== undefined).toBe(taken);
      }),
    );
    const text = (length: number) => JSON.stringify({ topic: '', payload: 'x'.repeat(length) });
    const around = text(0).length;
    expect(readMessage(text(MAX_BYTES - around))).toBeDefined();
    expect(readMessage(text(MAX_BYTES - around + 1))).toBeUndefined();
  });

  it('are taken from nobody who sends something else, and nothing breaks', () => {
    const almost = fc
      .record({ topic: fc.oneof(anyTopic, fc.jsonValue()), payload: fc.jsonValue() }, { requiredKeys: [] })
      .map((value) => JSON.stringify(value));
    const cut = fc.tuple(almost, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)));
    const anything = fc.oneof(
      almost,
      cut,
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map(({ buffer }) => buffer),
      fc.anything(),
    );
    fc.assert(
      fc.property(anything, (data) => {
        const message = readMessage(data);
        if (!message) return;
        const { topic, payload } = JSON.parse(String(data)) as Record<string, unknown>;
        expect(message).toEqual({ topic, payload });
        expect(message.topic.length).toBeLessThanOrEqual(MAX_TOPIC);
      }),
      { numRuns: 2000 },
    );
  });
});
