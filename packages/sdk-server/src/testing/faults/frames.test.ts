import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrameSplitter, type Frame } from './frames.js';

/** A text message in one frame (RFC 6455 §5.2), with a mask as clients have to send it. */
function written(text: string, mask: boolean): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  header[0] = 0x81;
  const short = header.length === 2 ? payload.length : header.length === 4 ? 126 : 127;
  header[1] = short | (mask ? 0x80 : 0);
  if (short === 126) header.writeUInt16BE(payload.length, 2);
  if (short === 127) header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, Buffer.from(mask ? [0, 0, 0, 0] : []), payload]);
}

const texts = fc.array(
  fc.oneof(
    fc.string(),
    fc.integer({ min: 0, max: 70_000 }).map((length) => 'x'.repeat(length)),
  ),
  { maxLength: 5 },
);

it('finds the frames that were written, whatever pieces they come in', () => {
  fc.assert(
    fc.property(texts, fc.boolean(), fc.array(fc.nat(100)), (messages, mask, cuts) => {
      const header = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
      const frames = messages.map((text) => written(text, mask));
      const stream = Buffer.concat([header, ...frames]);
      const splitter = new FrameSplitter({ afterHandshake: true });
      const found: Frame[] = [];
      let from = 0;
      for (const cut of [...cuts.map((length) => length + 1), stream.length]) {
        found.push(...splitter.push(stream.subarray(from, from + cut)));
        from += cut;
      }
      const expected = [header, ...frames];
      expect(found.map(({ bytes }, index) => expected[index]?.equals(bytes))).toEqual(
        expected.map(() => true),
      );
      expect(found.map(({ isMessage }) => isMessage)).toEqual([false, ...frames.map(() => true)]);
    }),
  );
});

it('tells control frames from messages', () => {
  const ping = Buffer.from([0x89, 0x00]);
  const part = Buffer.from([0x01, 0x01, 0x61]);
  const [first, second] = new FrameSplitter({ afterHandshake: false }).push(Buffer.concat([ping, part]));
  expect(first).toEqual({ bytes: ping, isMessage: false });
  expect(second).toEqual({ bytes: part, isMessage: false });
});
