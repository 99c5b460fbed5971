import fc from 'fast-check';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from './textFrame.js';

const server = createServer();
let stream: Duplex;
let reader: WebSocket;

beforeAll(async () => {
  const wss = new WebSocketServer({ noServer: true });
  server.on('upgrade', (req, socket, head) => {
    wss.handleUpgrade(req, socket, head, () => (stream = socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  reader = new WebSocket(`ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  await once(reader, 'open');
});

afterAll(() => {
  reader.terminate();
  stream.destroy();
  server.close();
});

/** Writes them as frames, and what another implementation reads. */
async function readBack(texts: string[]): Promise<string[]> {
  const read: string[] = [];
  const all = new Promise<void>((resolve, reject) => {
    reader.onmessage = ({ data }) => {
      if (typeof data !== 'string') reject(new Error('not a text'));
      else if (read.push(data) === texts.length) resolve();
    };
    reader.onerror = ({ message }) => {
      reject(new Error(message));
    };
  });
  for (const [index, text] of texts.entries()) {
    const isKnown = index % 2 === 0 && /^[\0-\x7f]*$/.test(text);
    stream.write(textFrame(text, isKnown), 'latin1');
  }
  if (texts.length > 0) await all;
  return read;
}

it('whatever is said is read as it was said', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), async (texts) => {
      expect(await readBack(texts)).toEqual(texts);
    }),
  );
});

it.each([0, 1, 125, 126, 127, 255, 256, 65_535, 65_536, 1_000_000])(
  'a text of %i characters',
  async (length) => {
    const texts = ['x', 'ÿ', '€', '🎥'].map((character) => character.repeat(length));
    expect(await readBack(texts)).toEqual(texts);
  },
);

it('half a character is replaced, and does no harm to what follows', async () => {
  expect(await readBack(['a\ud800b', 'next'])).toEqual(['a\ufffdb', 'next']);
});
