import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import type { FramedSocket } from '../dialects/dialect.js';
import { ParlorError } from '../errors.js';
import { silentLogger } from '../logger.js';
import { echoDialect, type EchoDialectOptions } from '../testing/echoDialect.js';
import type { Clock } from './clock.js';
import { createUpgradeHandler, type UpgradeHandler, type UpgradeOptions } from './upgrade.js';

class FakeClock implements Clock {
  #now = 0;
  readonly #ticks = new Set<() => void>();
  now = () => this.#now;

  every(_ms: number, tick: () => void): () => void {
    this.#ticks.add(tick);
    return () => this.#ticks.delete(tick);
  }

  get timers(): number {
    return this.#ticks.size;
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const tick of this.#ticks) tick();
  }
}

interface Setup {
  server: Server;
  handler: UpgradeHandler;
  port: number;
  dial(path?: string, options?: ClientOptions): WebSocket;
  /** What `handle` answered, in the order of the upgrades. */
  answers: Promise<boolean>[];
  opened: FramedSocket[];
}

const running: Setup[] = [];

async function setUp(
  dialect: EchoDialectOptions = {},
  options: Partial<UpgradeOptions> = {},
): Promise<Setup> {
  const opened: FramedSocket[] = [];
  const onOpen = (socket: FramedSocket) => {
    opened.push(socket);
    dialect.onOpen?.(socket);
  };
  const dialects = [echoDialect({ ...dialect, onOpen })];
  const handler = createUpgradeHandler({ dialects, logger: silentLogger, ...options });
  const answers: Promise<boolean>[] = [];
  const server = createServer().on('upgrade', (req, socket, head) => {
    answers.push(handler.handle(req, socket, head));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const dial = (path = '/echo/socket', clientOptions?: ClientOptions) =>
    new WebSocket(`ws://127.0.0.1:${String(port)}${path}`, 'echo', clientOptions);
  const setup = { server, handler, port, dial, answers, opened };
  running.push(setup);
  return setup;
}

afterEach(async () => {
  for (const { server, handler } of running.splice(0)) {
    await handler.close();
    server.close();
  }
});

async function opened(socket: WebSocket): Promise<WebSocket> {
  await once(socket, 'open');
  return socket;
}

async function nextMessage(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, 'message')) as [Buffer];
  return data.toString();
}

async function closeCode(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

/** An upgrade by hand, to see the raw answer. */
async function rawUpgrade(port: number, head: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${head}\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('createUpgradeHandler', () => {
  it('accepts, with the subprotocol of the dialect and no compression', async () => {
    const { dial } = await setUp();
    const socket = await opened(dial());
    expect(socket.protocol).toBe('echo');
    expect(socket.extensions).toBe('');
    socket.send('hello');
    expect(await nextMessage(socket)).toBe('hello');
  });

  it('keeps the order of messages, answers to a burst included', async () => {
    const { dial } = await setUp();
    const socket = await opened(dial());
    const got: string[] = [];
    const all = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (got.push(data.toString()) === 500) resolve();
      });
    });
    const sent = Array.from({ length: 500 }, (_, i) => `${String(i)}:${'x'.repeat(i)}`);
    for (const text of sent) socket.send(text);
    await all;
    expect(got).toEqual(sent);
  });

  it('leaves alone what no dialect knows, and what is no WebSocket', async () => {
    const { server, handler, port, answers } = await setUp();
    const socket = connect(port, '127.0.0.1');
    const upgrade = once(server, 'upgrade');
    socket.write('GET /other HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [req, serverSocket] = (await upgrade) as [never, Socket];
    expect(await answers[0]).toBe(false);
    expect(serverSocket.writable).toBe(true);
    expect(serverSocket.bytesWritten).toBe(0);

    Object.assign(req, { url: '/echo/socket', headers: { upgrade: 'h2c' } });
    expect(await handler.handle(req, serverSocket, Buffer.alloc(0))).toBe(false);
    socket.destroy();
  });

  it('refuses with an HTTP answer and ends the connection', async () => {
    const authorize = () => {
      throw new ParlorError('TOKEN_EXPIRED', 'the token has expired');
    };
    const info = vi.fn();
    const { port, answers } = await setUp({ authorize }, { logger: { ...silentLogger, info } });
    const answer = await rawUpgrade(port, 'GET /echo/socket?token=t0psecret HTTP/1.1');
    expect(answer).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(answer).toMatch(/www-authenticate: Bearer\r\n/);
    expect(answer.endsWith('\r\n\r\n{"error":"TOKEN_EXPIRED","message":"the token has expired"}')).toBe(true);
    expect(await answers[0]).toBe(true);
    expect(info).toHaveBeenCalledOnce();
    expect(info.mock.calls[0]?.[0]).toMatchObject({ code: 'TOKEN_EXPIRED' });
    expect(JSON.stringify(info.mock.calls)).not.toContain('t0psecret');
  });

  it('answers 500 when the decision breaks, and says nothing of why', async () => {
    const error = vi.fn();
    const authorize = () => Promise.reject(new Error('database at 10.0.0.1 is down'));
    const { port, answers } = await setUp({ authorize }, { logger: { ...silentLogger, error } });
    const answer = await rawUpgrade(port, 'GET /echo/socket HTTP/1.1');
    expect(answer).toMatch(/^HTTP\/1\.1 500 /);
    expect(answer).toContain('"INTERNAL"');
    expect(answer).not.toContain('database');
    expect(await answers[0]).toBe(true);
    expect(error).toHaveBeenCalledOnce();
  });

  it.each([
    ['no key', 'GET /echo/socket HTTP/1.1'],
    [
      'an old version',
      'GET /echo/socket HTTP/1.1\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 7',
    ],
    [
      'another method',
      'POST /echo/socket HTTP/1.1\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13',
    ],
  ])('refuses a handshake with %s', async (_name, head) => {
    const { port, opened } = await setUp();
    const answer = await rawUpgrade(port, head);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"BAD_REQUEST"');
    expect(opened).toEqual([]);
  });

  it('survives a client that resets the connection during the decision', async () => {
    const decision = deferred();
    const asked = deferred();
    const authorize = () => {
      asked.resolve();
      return decision.promise;
    };
    const { server, port, answers, opened } = await setUp({ authorize });
    const upgrade = once(server, 'upgrade');
    const client = connect(port, '127.0.0.1');
    client.write(
      'GET /echo/socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    const [, serverSocket] = (await upgrade) as [unknown, Socket];
    await asked.promise;
    const closed = once(serverSocket, 'close').catch(() => undefined);
    client.resetAndDestroy();
    await closed;
    decision.resolve();
    expect(await answers[0]).toBe(true);
    expect(opened).toEqual([]);
  });

  it('closes the socket when the dialect fails to open it', async () => {
    const onOpen = () => {
      throw new Error('broken');
    };
    const { dial } = await setUp({ onOpen });
    expect(await closeCode(dial())).toEqual({ code: 4500, reason: 'INTERNAL: the server failed' });
  });

  it('closes every socket with SERVER_CLOSING, the stubborn ones too', async () => {
    const { dial, handler } = await setUp({}, { limits: { closeTimeoutMs: 50 } });
    const polite = await opened(dial());
    const stubborn = await opened(dial());
    // Reads nothing any more, so the closing frame stays unanswered.
    stubborn.pause();
    const left = closeCode(polite);
    const closing = handler.close();
    expect((await left).code).toBe(4503);
    await closing;
    expect(handler.close()).toBe(closing);
    stubborn.terminate();
  });

  it('lets nobody in after closing', async () => {
    const { port, handler } = await setUp();
    await handler.close();
    const answer = await rawUpgrade(port, 'GET /echo/socket HTTP/1.1');
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toContain('"SERVER_CLOSING"');
  });
});

describe('limits of a connection', () => {
  it('refuses binary, too large and too deep messages, and goes on', async () => {
    const { dial } = await setUp({}, { limits: { maxMessageBytes: 1000, maxNesting: 3 } });
    const socket = await opened(dial());
    const refusal = async (message: string | Buffer) => {
      socket.send(message);
      return (JSON.parse(await nextMessage(socket)) as { code: string }).code;
    };
    expect(await refusal(Buffer.from('{}'))).toBe('BINARY_NOT_SUPPORTED');
    expect(await refusal('x'.repeat(1001))).toBe('MESSAGE_TOO_LARGE');
    // The bound is for bytes, not characters.
    expect(await refusal('ä'.repeat(501))).toBe('MESSAGE_TOO_LARGE');
    expect(await refusal('[[[[1]]]]')).toBe('BAD_REQUEST');
    socket.send('[[[1]]]');
    expect(await nextMessage(socket)).toBe('[[[1]]]');
    socket.send('x'.repeat(1000));
    expect(await nextMessage(socket)).toHaveLength(1000);
  });

  it('ends a connection whose message is absurdly large', async () => {
    const { dial } = await setUp({}, { limits: { maxMessageBytes: 1000 } });
    const socket = await opened(dial());
    socket.send('x'.repeat(4001));
    expect((await closeCode(socket)).code).toBe(1009);
  });

  it('ends a connection with broken UTF-8 (RFC 6455 §8.1)', async () => {
    const { dial } = await setUp();
    const socket = await opened(dial());
    socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    expect((await closeCode(socket)).code).toBe(1007);
  });

  it('refuses what is over the rate and closes a flood', async () => {
    const clock = new FakeClock();
    const limits = { messagesPerSecond: 10, messageBurst: 5 };
    const { dial } = await setUp({}, { limits, clock });
    const socket = await opened(dial());
    const got: string[] = [];
    socket.on('message', (data: Buffer) => got.push(data.toString()));
    const count = async (text: string, n: number, answers: number) => {
      got.length = 0;
      for (let i = 0; i < n; i++) socket.send(text);
      await vi.waitUntil(() => got.length >= answers);
      return got.filter((message) => message.includes('RATE_LIMITED')).length;
    };
    expect(await count('hi', 7, 7)).toBe(2);
    clock.pass(500);
    expect(await count('hi', 5, 5)).toBe(0);
    const closed = closeCode(socket);
    for (let i = 0; i < 40; i++) socket.send('hi');
    expect(await closed).toMatchObject({ code: 4429 });
  });

  it('counts pings too', async () => {
    const limits = { messagesPerSecond: 10, messageBurst: 5 };
    const { dial } = await setUp({}, { limits, clock: new FakeClock() });
    const socket = await opened(dial());
    const closed = closeCode(socket);
    for (let i = 0; i < 30; i++) socket.ping();
    expect((await closed).code).toBe(4429);
  });

  it('pings a silent connection and keeps it while it answers', async () => {
    const clock = new FakeClock();
    const { dial } = await setUp({}, { clock });
    const socket = await opened(dial());
    expect(clock.timers).toBe(1);
    for (let i = 0; i < 6; i++) {
      const pinged = once(socket, 'ping');
      clock.pass(20_000);
      await pinged;
      // The pong is behind the message, so it has arrived when the echo has.
      socket.send('still here');
      expect(await nextMessage(socket)).toBe('still here');
    }
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });

  it('ends a connection that answers nothing', async () => {
    const clock = new FakeClock();
    const { dial } = await setUp({}, { clock });
    const socket = await opened(dial('/echo/socket', { autoPong: false }));
    const closed = closeCode(socket);
    clock.pass(59_999);
    socket.ping();
    await once(socket, 'pong');
    clock.pass(59_999);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    clock.pass(1);
    expect(await closed).toEqual({ code: 4408, reason: 'IDLE_TIMEOUT: nothing heard for too long' });
  });

  it('cuts off a client that does not read', async () => {
    const gone = deferred();
    const { dial, opened: sockets } = await setUp(
      {
        onOpen: (socket) => {
          socket.onClose(gone.resolve);
        },
      },
      { limits: { maxBufferedBytes: 1024 * 1024, closeTimeoutMs: 50 } },
    );
    const socket = await opened(dial());
    socket.pause();
    const [served] = sockets as [FramedSocket];
    const chunk = 'x'.repeat(512 * 1024);
    let sending = true;
    void gone.promise.then(() => (sending = false));
    while (sending) {
      served.send(chunk);
      await new Promise(setImmediate);
    }
    served.send(chunk);
    socket.terminate();
  });

  it('holds what nobody waits for until something else is said, or for a moment', async () => {
    const { dial, opened: sockets } = await setUp();
    const socket = await opened(dial());
    const [served] = sockets as [FramedSocket];
    const got: string[] = [];
    socket.on('message', (data: Buffer) => got.push(data.toString()));
    served.sendSoon('somebody came');
    served.sendSoon('and somebody else');
    served.send('with a camera');
    served.sendSoon('the last for now');
    const spoken = ['somebody came', 'and somebody else', 'with a camera', 'the last for now'];
    await vi.waitFor(() => {
      expect(got).toEqual(spoken);
    });
    const closed = closeCode(socket);
    served.sendSoon('before the end');
    served.close(4000, '');
    await closed;
    expect(got).toEqual([...spoken, 'before the end']);
  });

  it('lets a reader have one large answer', async () => {
    const { dial, opened: sockets } = await setUp({}, { limits: { maxBufferedBytes: 1000 } });
    const socket = await opened(dial());
    const [served] = sockets as [FramedSocket];
    const lengths: number[] = [];
    const both = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (lengths.push(data.length) === 2) resolve();
      });
    });
    served.send('x'.repeat(3_000_000));
    served.send('end');
    await both;
    expect(lengths).toEqual([3_000_000, 3]);
  });

  it('ignores sends after closing and shortens reasons', async () => {
    const { dial, opened: sockets } = await setUp();
    const socket = await opened(dial());
    const [served] = sockets as [FramedSocket];
    const closed = closeCode(socket);
    const got = vi.fn();
    socket.on('message', got);
    served.close(4000, 'ä'.repeat(100));
    served.send('too late');
    served.close(4001, 'again');
    const { code, reason } = await closed;
    expect(code).toBe(4000);
    expect(reason).toMatch(/^ä{59,61}$/);
    expect(got).not.toHaveBeenCalled();
  });
});
