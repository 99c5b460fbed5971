import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CHAT_LENGTH, readChat } from './chat.js';

describe('readChat', () => {
  it('takes the text of a message', () => {
    expect(readChat({ text: 'hello' })).toBe('hello');
  });

  it('cuts what is too long', () => {
    expect(readChat({ text: 'x'.repeat(5000) })).toHaveLength(MAX_CHAT_LENGTH);
  });

  it('ignores anything else', () => {
    for (const payload of [undefined, null, 'text', 7, {}, { text: 7 }, { text: '  ' }]) {
      expect(readChat(payload)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        const text = readChat(payload);
        expect(text === undefined || typeof text === 'string').toBe(true);
      }),
    );
  });
});
