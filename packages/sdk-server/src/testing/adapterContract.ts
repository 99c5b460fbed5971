import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Authorize } from '../access/types.js';
import { createParlor } from '../createParlor.js';
import { FakeBackend } from '../media/fake/FakeBackend.js';
import type { Parlor } from '../parlor.js';
import { streamingCases } from './streamingCases.js';

/**
 * A server made with the adapter under test, listening on a port of 127.0.0.1. The host application in it answers
 * `GET /host` with the text `host`, `POST /host` with the JSON that it was sent, and anything else that is not
 * Parlor's with 404 and the text `not here`.
 */
export interface AdapterHost {
  /** `http://127.0.0.1:<port>` */
  url: string;
  server: Pick<Server, 'on'>;
  /** Stops listening; resolves when all connections are gone. */
  close(): Promise<void>;
}

export type StartAdapterHost = (parlor: Parlor) => Promise<AdapterHost>;

export interface AdapterCase {
  name: string;
  run(start: StartAdapterHost): Promise<void>;
}

/** What every framework adapter must do. Give each case to your test runner. */
export const adapterContract: AdapterCase[] = [
  {
    name: 'answers GET and HEAD, for every origin',
    run: hosted(async ({ url }) => {
      const response = await fetch(`${url}/health`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.deepEqual(await response.json(), { message: 'ok' });
      const head = await fetch(`${url}/health`, { method: 'HEAD' });
      assert.equal(head.status, 200);
      assert.equal(await head.text(), '');
    }),
  },
  {
    name: 'leaves other addresses to the host, its 404 included',
    run: hosted(async ({ url }) => {
      assert.equal(await (await fetch(`${url}/host`)).text(), 'host');
      for (const path of ['/nowhere', '/']) {
        const missing = await fetch(url + path);
        assert.equal(missing.status, 404);
        assert.equal(await missing.text(), 'not here');
      }
    }),
  },
  {
    name: 'leaves bodies for the host untouched',
    run: hosted(async ({ url }) => {
      const sent = { text: 'ä'.repeat(30_000), nested: [{ a: null }] };
      const response = await fetch(`${url}/host`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(sent),
      });
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), sent);
    }),
  },
  {
    name: 'hands bodies and the address of the client to Parlor',
    async run(start) {
      const parlor = await createParlor({
        access: { authorize: () => ({ userId: 'alice' }) },
        media: new FakeBackend(),
        p2pRooms: { guessing: { perAddress: 2 } },
      });
      const host = await start(parlor);
      const post = (path: string, body: object) =>
        fetch(host.url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      const name = 'ä'.repeat(100);
      const created = await post('/api/webrtc/rooms', { name });
      assert.equal(created.status, 200);
      assert.equal(((await created.json()) as { data: { name: string } }).data.name, name);
      // One after the other: each for another room, so that only the address can be what they have in common.
      const statuses: number[] = [];
      for (const room of ['AAAAAA', 'CCCCCC', 'DDDDDD'])
        statuses.push((await post(`/api/webrtc/rooms/${room}/join`, { password: '123456' })).status);
      assert.deepEqual(statuses, [404, 404, 429]);
      await parlor.close();
      await host.close();
    },
  },
  {
    name: 'gives coded errors as JSON',
    run: hosted(async ({ url }) => {
      const response = await fetch(`${url}/rooms/nobody-is-here`);
      assert.equal(response.status, 404);
      assert.match(response.headers.get('content-type') ?? '', /application\/json/);
      assert.equal(await errorOf(response), 'ROOM_NOT_FOUND');
    }),
  },
  {
    name: 'answers preflights',
    run: hosted(async ({ url }) => {
      const response = await fetch(`${url}/health`, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://app.test',
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization',
        },
      });
      assert.equal(response.status, 204);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.equal(response.headers.get('access-control-allow-headers'), 'authorization');
    }),
  },
  {
    name: 'survives requests that no web request can express',
    run: hosted(async ({ url }) => {
      for (const head of ['TRACE /health HTTP/1.1\r\nHost: a', 'GET /health HTTP/1.1\r\nHost: a b:x/?#']) {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        socket.end(`${head}\r\nConnection: close\r\n\r\n`);
        const [answer] = (await once(socket, 'data')) as [Buffer];
        assert.match(answer.toString(), /^HTTP\/1\.1 \d/);
        socket.destroy();
      }
      assert.equal((await fetch(`${url}/health`)).status, 200);
    }),
  },
  {
    name: 'opens WebSockets',
    run: hosted(async ({ url }) => {
      const socket = dial(url);
      await once(socket, 'open');
      assert.equal(socket.protocol, 'protoo');
      assert.deepEqual(await ping(socket), { response: true, id: 1, ok: true, data: {} });
      socket.close();
      await once(socket, 'close');
    }),
  },
  {
    name: 'waits for a slow decision, also when the host has WebSockets of its own',
    async run(start) {
      const { asked, decided, authorize } = slowDecision();
      await withHost(start, authorize, async ({ url, server }) => {
        const wss = new WebSocketServer({ noServer: true });
        server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
          if (req.url !== '/host-socket') return;
          wss.handleUpgrade(req, socket, head, (ws) => {
            ws.on('message', (data, isBinary) => {
              ws.send(data, { binary: isBinary });
            });
          });
        });
        const slow = dial(url);
        await asked.promise;

        const own = new WebSocket(`${url}/host-socket`);
        await once(own, 'open');
        own.send('of the host');
        assert.equal(String((await once(own, 'message'))[0]), 'of the host');
        own.terminate();

        decided.resolve();
        await once(slow, 'open');
        slow.terminate();
      });
    },
  },
  {
    name: 'refuses an upgrade with status and reason, and tells the same to a plain GET',
    async run(start) {
      const authorize: Authorize = () => {
        throw new Error('not on the list');
      };
      await withHost(start, authorize, async ({ url }) => {
        const { status, body } = await refused(dial(url));
        assert.equal(status, 403);
        assert.deepEqual(body, { error: 'FORBIDDEN', message: 'not on the list' });
        const asked = await fetch(`${url}/ws?roomId=room&peerId=peer`);
        assert.equal(asked.status, 403);
        assert.deepEqual(await asked.json(), body);
      });
    },
  },
  {
    name: 'tells a plain GET on a socket address to upgrade',
    run: hosted(async ({ url }) => {
      const response = await fetch(`${url}/ws?roomId=room&peerId=peer`);
      assert.equal(response.status, 426);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.equal(await errorOf(response), 'UPGRADE_REQUIRED');
    }),
  },
  {
    name: 'refuses an upgrade that nobody wants',
    run: hosted(async ({ url }) => {
      const { status, body } = await refused(new WebSocket(`${url}/nowhere`));
      assert.equal(status, 404);
      assert.equal(body.error, 'NOT_FOUND');
    }),
  },
  {
    name: 'survives a client that goes away during the decision',
    async run(start) {
      const { asked, decided, authorize } = slowDecision();
      await withHost(start, authorize, async ({ url, server }) => {
        const gone = deferred();
        server.on('upgrade', (_req: IncomingMessage, socket: Duplex) => {
          socket.once('close', gone.resolve);
        });
        const socket = dial(url);
        socket.on('error', () => undefined);
        await asked.promise;
        socket.terminate();
        decided.resolve();
        await gone.promise;
        assert.equal((await fetch(`${url}/health`)).status, 200);
      });
    },
  },
  {
    name: 'ends its WebSockets when Parlor closes, so that the server can close',
    async run(start) {
      const parlor = await createParlor({ access: { allowAnonymous: true }, media: new FakeBackend() });
      const host = await start(parlor);
      const socket = dial(host.url);
      await once(socket, 'open');
      const closed = once(socket, 'close');
      await parlor.close();
      const [code, reason] = (await closed) as [number, Buffer];
      assert.equal(code, 4503);
      assert.match(reason.toString(), /^SERVER_CLOSING/);
      await host.close();
    },
  },
  ...streamingCases,
];

function hosted(check: (host: AdapterHost) => Promise<void>): AdapterCase['run'] {
  return (start) => withHost(start, () => ({}), check);
}

async function withHost(
  start: StartAdapterHost,
  authorize: Authorize,
  check: (host: AdapterHost) => Promise<void>,
): Promise<void> {
  const parlor = await createParlor({ access: { authorize }, media: new FakeBackend() });
  const host = await start(parlor);
  try {
    await check(host);
  } finally {
    await parlor.close();
    await host.close();
  }
}

const dial = (url: string) => new WebSocket(`${url}/ws?roomId=room&peerId=peer`, 'protoo');

async function ping(socket: WebSocket): Promise<unknown> {
  socket.send(JSON.stringify({ request: true, id: 1, method: 'ping' }));
  const [data] = (await once(socket, 'message')) as [Buffer];
  return JSON.parse(data.toString());
}

interface ErrorBody {
  error: string;
  message: string;
}

async function errorOf(response: Response): Promise<string> {
  return ((await response.json()) as ErrorBody).error;
}

async function refused(socket: WebSocket): Promise<{ status: number | undefined; body: ErrorBody }> {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) as ErrorBody };
}

/** Lets everybody in, once `decided` is resolved; `asked` tells that somebody waits. */
function slowDecision() {
  const asked = deferred();
  const decided = deferred();
  const authorize: Authorize = async () => {
    asked.resolve();
    await decided.promise;
    return {};
  };
  return { asked, decided, authorize };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
