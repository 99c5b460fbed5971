import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../logger.js';
import { FakeWebSocket } from '../test/FakeWebSocket.js';
import { FakePlatform, settle } from '../testing/index.js';
import { ProtooChannel } from './ProtooChannel.js';
import { defaultReconnectPolicy } from './reconnectPolicy.js';
import type { ChannelClosed } from './SignalChannel.js';

const URL = 'wss://host/?roomId=r&peerId=p';

let platform: FakePlatform;
let sockets: FakeWebSocket[];
const abort = () => new AbortController();

function opening(signal = abort().signal): Promise<ProtooChannel> {
  return ProtooChannel.open({
    url: URL,
    requestTimeout: 1000,
    connectTimeout: 5000,
    policy: defaultReconnectPolicy,
    platform,
    logger: silentLogger,
    signal,
  });
}

async function open(): Promise<[ProtooChannel, FakeWebSocket]> {
  const promise = opening();
  const socket = sockets.at(-1) as FakeWebSocket;
  socket.open();
  return [await promise, socket];
}

beforeEach(() => {
  platform = new FakePlatform();
  sockets = [];
  platform.createWebSocket = (url, protocols) => {
    const socket = new FakeWebSocket(url, protocols);
    sockets.push(socket);
    return socket;
  };
});

describe('requests', () => {
  it('are framed as protoo v4, with the subprotocol', async () => {
    const [channel, socket] = await open();
    const answer = channel.request('joinRoom', { roomId: 'r' });
    expect(socket).toMatchObject({ url: URL, protocols: 'protoo' });
    expect(socket.sent).toEqual([
      { request: true, id: expect.any(Number), method: 'joinRoom', data: { roomId: 'r' } },
    ]);
    socket.receive({ response: true, id: socket.sent[0]?.['id'], ok: true, data: { peers: [] } });
    expect(await answer).toEqual({ peers: [] });
  });

  it('may be answered in any order', async () => {
    const [channel, socket] = await open();
    const answers = [channel.request('a'), channel.request('b')];
    for (const { id, method } of [...socket.sent].reverse())
      socket.receive({ response: true, id, ok: true, data: method });
    expect(await Promise.all(answers)).toEqual(['a', 'b']);
  });

  it('fail with the server’s code, and its status and reason', async () => {
    const [channel, socket] = await open();
    const answer = channel.request('produce');
    const { id } = socket.sent[0] ?? {};
    socket.receive({
      response: true,
      id,
      ok: false,
      errorCode: 403,
      errorReason: 'not here',
      code: 'PUBLISH_REFUSED',
    });
    await expect(answer).rejects.toMatchObject({ code: 'PUBLISH_REFUSED', message: 'not here', status: 403 });
  });

  it('understand a plain protoo server, which has no code', async () => {
    const [channel, socket] = await open();
    const answer = channel.request('x');
    socket.receive({
      response: true,
      id: socket.sent[0]?.['id'],
      ok: false,
      errorCode: 500,
      errorReason: 'oops',
    });
    await expect(answer).rejects.toMatchObject({ code: 'INTERNAL', message: 'oops', status: 500 });
  });

  it('time out, and a late answer disturbs nothing', async () => {
    const [channel, socket] = await open();
    const answer = channel.request('slow');
    answer.catch(() => undefined);
    await platform.clock.advance(1000);
    await expect(answer).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    socket.receive({ response: true, id: socket.sent[0]?.['id'], ok: true });
    const next = channel.request('next');
    socket.receive({ response: true, id: socket.sent[1]?.['id'], ok: true, data: 1 });
    expect(await next).toBe(1);
  });

  it('in flight fail when the connection goes, before that is told', async () => {
    const [channel, socket] = await open();
    const order: string[] = [];
    channel.request('x').catch(({ code }: { code: string }) => order.push(code));
    channel.on('closed', ({ error, final }) => {
      void Promise.resolve().then(() => order.push(`closed ${error.code} ${String(final)}`));
    });
    socket.drop();
    await settle();
    expect(order.sort()).toEqual(['CONNECTION_LOST', 'closed CONNECTION_LOST false']);
    await expect(channel.request('y')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    expect(platform.held).toMatchObject({ timers: 0, pageListeners: 0 });
  });
});

describe('messages of the server', () => {
  it('are passed on in order, also those that nobody knows', async () => {
    const [channel, socket] = await open();
    const heard: unknown[] = [];
    channel.on('notification', (method, data) => heard.push([method, data]));
    socket.receive({ notification: true, method: 'peerJoined', data: { seq: 1, peerId: 'a' } });
    socket.receive({ notification: true, method: 'fromTheFuture', data: { seq: 2 } });
    socket.receive({ notification: true, method: 'bare' });
    expect(heard).toEqual([
      ['peerJoined', { seq: 1, peerId: 'a' }],
      ['fromTheFuture', { seq: 2 }],
      ['bare', {}],
    ]);
  });

  it('that make no sense are ignored', async () => {
    const [channel, socket] = await open();
    for (const nonsense of ['{', 'null', '[]', '5', '{"notification":true}', '{"response":true,"id":"x"}']) {
      socket.receive(nonsense);
    }
    const answer = channel.request('still');
    socket.receive({ response: true, id: socket.sent[0]?.['id'], ok: true, data: 'alive' });
    expect(await answer).toBe('alive');
  });

  it('that ask something are answered with a refusal', async () => {
    const [, socket] = await open();
    socket.receive({ request: true, id: 9, method: 'whoAreYou' });
    expect(socket.sent).toEqual([
      expect.objectContaining({ response: true, id: 9, ok: false, code: 'UNKNOWN_METHOD' }),
    ]);
  });
});

describe('the end', () => {
  it.each([
    [4000, 'PEER_REMOVED', 'PEER_REMOVED', true],
    [4000, 'SOMETHING_NEW', 'SOMETHING_NEW', true],
    [4403, 'PEER_REMOVED', 'PEER_REMOVED', true],
    [4409, 'PEER_REPLACED', 'PEER_REPLACED', true],
    [4410, 'ROOM_CLOSED', 'ROOM_CLOSED', true],
    [4503, 'MEDIA_SERVER_DIED', 'MEDIA_SERVER_DIED', false],
    [4408, 'IDLE_TIMEOUT', 'IDLE_TIMEOUT', false],
    [4429, 'RATE_LIMITED', 'RATE_LIMITED', false],
    [1001, '', 'CONNECTION_LOST', false],
    [1006, '', 'CONNECTION_LOST', false],
    [4000, 'lower case is not ours', 'CONNECTION_LOST', false],
  ])('%i %s is %s, final: %s', async (...[closeCode, reason, code, final]) => {
    const [channel, socket] = await open();
    const ends: ChannelClosed[] = [];
    channel.on('closed', (info) => ends.push(info));
    socket.drop(closeCode, reason);
    socket.drop();
    expect(ends.map(({ error, final: isFinal }) => [error.code, isFinal])).toEqual([[code, final]]);
  });

  it('by us is silent and fails what is in flight', async () => {
    const [channel, socket] = await open();
    const ends: unknown[] = [];
    channel.on('closed', (info) => ends.push(info));
    const answer = channel.request('x');
    channel.close();
    channel.close();
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
    socket.drop();
    expect(ends).toEqual([]);
    expect(socket.closedWith?.[0]).toBe(1000);
    expect(platform.held).toMatchObject({ timers: 0, pageListeners: 0 });
  });
});

describe('liveness', () => {
  const pings = (socket: FakeWebSocket) => socket.sent.filter(({ method }) => method === 'ping');

  it('asks after 15 s of silence, and believes an answer', async () => {
    const [channel, socket] = await open();
    const ends: unknown[] = [];
    channel.on('closed', (info) => ends.push(info));
    await platform.clock.advance(14_999);
    expect(pings(socket)).toEqual([]);
    await platform.clock.advance(1);
    expect(pings(socket)).toHaveLength(1);
    socket.receive({ response: true, id: pings(socket)[0]?.['id'], ok: true, data: {} });
    await platform.clock.advance(14_999);
    expect(pings(socket)).toHaveLength(1);
    expect(ends).toEqual([]);
  });

  it('does not ask while there is traffic', async () => {
    const [, socket] = await open();
    for (let second = 0; second < 60; second++) {
      await platform.clock.advance(1000);
      socket.receive({ notification: true, method: 'activeSpeakers', data: {} });
    }
    expect(pings(socket)).toEqual([]);
  });

  it('gives the connection up 5 s after a question without an answer', async () => {
    const [channel, socket] = await open();
    const ends: ChannelClosed[] = [];
    channel.on('closed', (info) => ends.push(info));
    await platform.clock.advance(19_999);
    expect(ends).toEqual([]);
    await platform.clock.advance(1);
    expect(ends.map(({ error }) => error.code)).toEqual(['CONNECTION_LOST']);
    expect(socket.closedWith).toBeDefined();
    expect(platform.held.timers).toBe(0);
  });

  it.each(['online', 'visible'] as const)('asks at once when the page is %s again', async (event) => {
    const [, socket] = await open();
    platform.page.emit(event);
    expect(pings(socket)).toHaveLength(1);
  });
});

describe('opening', () => {
  it('is called off by its signal', async () => {
    const controller = abort();
    const promise = opening(controller.signal);
    controller.abort();
    await expect(promise).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(sockets[0]?.closedWith).toBeDefined();
    await expect(opening(controller.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(sockets).toHaveLength(1);
  });

  it('finds out by a plain GET why it was refused', async () => {
    const asked: string[] = [];
    platform.fetch = (url) => {
      asked.push(url);
      return Promise.resolve({
        status: 403,
        json: () => Promise.resolve({ error: 'ROOM_NOT_ALLOWED', message: 'not you' }),
      });
    };
    const promise = opening();
    sockets[0]?.drop();
    await expect(promise).rejects.toMatchObject({
      code: 'ROOM_NOT_ALLOWED',
      message: 'not you',
      status: 403,
    });
    expect(asked).toEqual(['https://host/?roomId=r&peerId=p']);
    expect(platform.held.timers).toBe(0);
  });

  it('suspects a proxy when the server would have said yes', async () => {
    platform.fetch = () =>
      Promise.resolve({
        status: 426,
        json: () => Promise.resolve({ error: 'UPGRADE_REQUIRED', message: '' }),
      });
    const promise = opening();
    sockets[0]?.drop();
    await expect(promise).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining('proxy'),
    });
  });

  it.each([
    ['nothing answers', () => Promise.reject(new TypeError('Failed to fetch'))],
    [
      'something else answers',
      () => Promise.resolve({ status: 200, json: () => Promise.reject(new SyntaxError('<')) }),
    ],
  ])('is unreachable when %s', async (_what, fetch) => {
    platform.fetch = fetch;
    const promise = opening();
    sockets[0]?.drop();
    await expect(promise).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });

  it('does not wait for ever for that answer', async () => {
    platform.fetch = (_url, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new DOMException('aborted', 'AbortError'));
        });
      });
    const promise = opening();
    promise.catch(() => undefined);
    sockets[0]?.drop();
    await platform.clock.advance(5000);
    await expect(promise).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });
});
