import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { remembered } from './remembered.js';

const schema = () => remembered(z.object({ codecs: z.array(z.object({ name: z.string() })) }));

describe('remembered', () => {
  it('gives equal values the same result, without what the schema does not know', () => {
    const codecs = schema();
    const first = codecs.parse({ codecs: [{ name: 'opus', secret: 1 }] });
    expect(first).toEqual({ codecs: [{ name: 'opus' }] });
    expect(codecs.parse({ codecs: [{ name: 'opus', secret: 1 }] })).toBe(first);
    expect(codecs.parse({ codecs: [{ name: 'vp8' }] })).not.toBe(first);
  });

  it('lets nobody change what all share', () => {
    const { codecs } = schema().parse({ codecs: [{ name: 'opus' }] });
    expect(() => codecs.push({ name: 'vp8' })).toThrow(TypeError);
    expect(() => Object.assign(codecs[0] ?? {}, { name: 'vp8' })).toThrow(TypeError);
  });

  it('tells where a value is wrong, each time', () => {
    const codecs = z.object({ caps: schema() });
    for (let i = 0; i < 2; i++) {
      const { error } = codecs.safeParse({ caps: { codecs: [{ name: 7 }] } });
      expect(error?.issues[0]?.path).toEqual(['caps', 'codecs', 0, 'name']);
    }
  });

  it('forgets the oldest of many, and keeps nothing long', () => {
    const codecs = schema();
    const first = codecs.parse({ codecs: [{ name: 'first' }] });
    for (let i = 0; i < 64; i++) codecs.parse({ codecs: [{ name: String(i) }] });
    expect(codecs.parse({ codecs: [{ name: 'first' }] })).not.toBe(first);
    const long = { codecs: [{ name: 'x'.repeat(20_000) }] };
    expect(codecs.parse(long)).not.toBe(codecs.parse(long));
  });
});
