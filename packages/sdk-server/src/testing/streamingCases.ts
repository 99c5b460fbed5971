import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createParlor } from '../createParlor.js';
import { FakeBackend } from '../media/fake/FakeBackend.js';
import type { Parlor } from '../parlor.js';
import type { AdapterCase, AdapterHost, StartAdapterHost } from './adapterContract.js';

/** What an adapter must do with an answer that goes on: server-sent events live from it. */
export const streamingCases: AdapterCase[] = [
  {
    name: 'passes each piece of an answer on when it is there',
    async run(start) {
      await withStream(start, async ({ host, pieces }) => {
        // Frameworks may keep status and headers back until there is something of the body.
        pieces.enqueue('first');
        const reader = readerOf(await fetch(`${host.url}/endless`));
        assert.equal(await readText(reader), 'first');
        for (const piece of ['second', 'third']) {
          pieces.enqueue(piece);
          assert.equal(await readText(reader), piece);
        }
        pieces.close();
        assert.equal((await reader.read()).done, true);
      });
    },
  },
  {
    name: 'cancels an answer when the client has gone, also when nothing is being said',
    async run(start) {
      await withStream(start, async ({ host, pieces, cancelled }) => {
        pieces.enqueue('something');
        // Not by fetch, which opens another connection for later when one is cut.
        const request = get(`${host.url}/endless`, { agent: false });
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        await once(response, 'data');
        request.destroy();
        await cancelled;
      });
    },
  },
  {
    name: 'carries server-sent events, and ends them when Parlor closes, so that the server can close',
    async run(start) {
      const parlor = await createParlor({
        access: { authorize: () => ({ userId: 'alice' }) },
        media: new FakeBackend(),
      });
      const host = await start(parlor);
      await fetch(`${host.url}/rtc/rooms/room/join`, { method: 'POST' });
      const response = await fetch(`${host.url}/rtc/events`);
      assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
      const reader = readerOf(response);
      assert.match(await readText(reader), /^retry: /);
      parlor.rooms.get('room')?.sendMessage('news', 'hello');
      assert.match(await readText(reader), /^id: \d+\nevent: message\ndata: .*"hello".*\n\n$/);
      await parlor.close();
      let rest = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        rest += Buffer.from(value).toString();
      }
      assert.match(rest, /event: ended\ndata: .*SERVER_CLOSING/);
      await host.close();
    },
  },
];

interface Endless {
  host: AdapterHost;
  pieces: { enqueue(text: string): void; close(): void };
  cancelled: Promise<void>;
}

/** A host whose Parlor answers `GET /endless` with what the check says. */
async function withStream(
  start: StartAdapterHost,
  check: (endless: Endless) => Promise<void>,
): Promise<void> {
  const real = await createParlor({ access: { allowAnonymous: true }, media: new FakeBackend() });
  const encoder = new TextEncoder();
  let enqueue: (text: string) => void = () => undefined;
  let close = (): void => undefined;
  let noticed = (): void => undefined;
  const cancelled = new Promise<void>((resolve) => {
    noticed = resolve;
  });
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      enqueue = (text) => {
        controller.enqueue(encoder.encode(text));
      };
      close = () => {
        controller.close();
      };
    },
    cancel: () => {
      noticed();
    },
  });
  const parlor: Parlor = {
    ...real,
    handleRequest: (request) =>
      Promise.resolve(new URL(request.url).pathname === '/endless' ? new Response(body) : null),
  };
  const host = await start(parlor);
  try {
    await check({
      host,
      pieces: {
        enqueue: (text) => {
          enqueue(text);
        },
        close: () => {
          close();
        },
      },
      cancelled,
    });
  } finally {
    await real.close();
    await host.close();
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

function readerOf({ body }: Response): Reader {
  assert.ok(body, 'the answer has a body');
  return body.getReader() as Reader;
}

async function readText(reader: Reader): Promise<string> {
  const { done, value } = await reader.read();
  assert.equal(done, false);
  return Buffer.from(value ?? []).toString();
}
