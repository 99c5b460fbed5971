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

  it('knows a value whatever becomes of it, and in whatever order it comes', () => {
    const names = remembered(z.object({ a: z.string(), b: z.array(z.string()) }));
    const value = { a: 'opus', b: ['vp8'] };
    const first = names.parse(value);
    value.b.push('h264');
    expect(names.parse({ b: ['vp8'], a: 'opus' })).toBe(first);
    expect(names.parse(value)).toEqual({ a: 'opus', b: ['vp8', 'h264'] });
  });

  it('keeps nothing that is one client’s own', () => {
    const own = remembered(z.object({ ssrc: z.number() }), { isCommon: () => false });
    expect(own.parse({ ssrc: 1 })).not.toBe(own.parse({ ssrc: 1 }));
    expect(own.safeParse({ ssrc: '1' }).success).toBe(false);
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

  it('forgets what nobody has come with for longest, and keeps nothing long', () => {
    const codecs = schema();
    const first = codecs.parse({ codecs: [{ name: 'first' }] });
    const usual = codecs.parse({ codecs: [{ name: 'usual' }] });
    for (let i = 0; i < 63; i++) {
      codecs.parse({ codecs: [{ name: String(i) }] });
      expect(codecs.parse({ codecs: [{ name: 'usual' }] })).toBe(usual);
    }
    expect(codecs.parse({ codecs: [{ name: 'first' }] })).not.toBe(first);
    const long = { codecs: [{ name: 'x'.repeat(20_000) }] };
    expect(codecs.parse(long)).not.toBe(codecs.parse(long));
  });
});
