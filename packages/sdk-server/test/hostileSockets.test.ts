import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeBackend } from '../src/media/fake/FakeBackend.js';
import { consume, enterCall, type InCall } from './support/call.js';
import { STACK_TEXT } from './support/hostileMessages.js';
import { socketServer, type SocketClient, type SocketServer } from './support/socketServer.js';

/** Over real sockets: one in a call misbehaves, the other one must not notice. */

let server: SocketServer;
let mallory: SocketClient;
let bob: InCall;

beforeEach(async () => {
  server = await socketServer({
    media: new FakeBackend(),
    socketLimits: {
      messageBurst: 200,
      messagesPerSecond: 50,
      maxBufferedBytes: 64 * 1024,
      closeTimeoutMs: 50,
    },
  });
  bob = await enterCall(await server.connect('bob'));
  mallory = await server.connect('mallory');
  await consume(bob, (await enterCall(mallory)).video);
  seen = bob.client.log.frames.length;
});
let seen: number;

afterEach(async () => {
  await server.close();
});

/** What the other one got since the call began, once everything that was sent to it has come. */
async function noticed(): Promise<unknown[]> {
  await bob.client.settled();
  return bob.client.log.frames.slice(seen).filter(({ response }) => response !== true);
}

const errors = () =>
  mallory.log.notifications.filter(({ method }) => method === 'error').map(({ data }) => data);

describe('the connection stays, the others notice nothing:', () => {
  test('messages over 256 KiB', async () => {
    const text = JSON.stringify({ request: true, id: 1, method: 'ping', data: 'x'.repeat(256 * 1024) });
    mallory.send(text);
    expect(await mallory.log.notified('error')).toMatchObject({ data: { code: 'MESSAGE_TOO_LARGE' } });
    // One byte less than too much is a message like any other.
    const padding =
      256 * 1024 - Buffer.byteLength(JSON.stringify({ request: true, id: 2, method: 'ping', data: '' }));
    mallory.send(JSON.stringify({ request: true, id: 2, method: 'ping', data: 'x'.repeat(padding) }));
    expect(await mallory.answerTo(2)).toMatchObject({ ok: true });
    expect(await noticed()).toEqual([]);
  });

  test('deep JSON', async () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    const request = (id: number, data: string) =>
      `{"request":true,"id":${String(id)},"method":"ping","data":${data}}`;
    mallory.send(request(3, nested(64)));
    expect(await mallory.answerTo(3)).toMatchObject({ ok: false, code: 'BAD_REQUEST' });
    mallory.send(request(4, nested(63)));
    expect(await mallory.answerTo(4)).toMatchObject({ ok: true });
    // Nobody looks for an id in something of this size.
    mallory.send(request(5, nested(100_000)));
    await mallory.settled();
    expect(errors()).toMatchObject([{ code: 'BAD_REQUEST' }]);
    expect(await noticed()).toEqual([]);
  });

  test('binary frames', async () => {
    mallory.ws.send(randomBytes(1000));
    mallory.ws.send(Buffer.from(JSON.stringify({ request: true, id: 4, method: 'leave' })));
    await mallory.settled();
    expect(errors()).toMatchObject([{ code: 'BINARY_NOT_SUPPORTED' }, { code: 'BINARY_NOT_SUPPORTED' }]);
    expect(await noticed()).toEqual([]);
    expect(mallory.log.texts.filter((text) => STACK_TEXT.test(text))).toEqual([]);
  });

  test('a burst over the rate: what is too much is refused', async () => {
    const asked = Array.from({ length: 250 }, (_, index) => 1000 + index);
    for (const id of asked) mallory.send(`{"request":true,"id":${String(id)},"method":"ping"}`);
    const answers = await Promise.all(asked.map((id) => mallory.answerTo(id)));
    expect(answers.at(0)).toMatchObject({ ok: true });
    expect(answers.at(-1)).toMatchObject({ ok: false, code: 'RATE_LIMITED', errorCode: 429 });
    expect(mallory.closeFrame).toBeUndefined();
    expect(await noticed()).toEqual([]);
  });
});

describe('a flood of candidates', () => {
  test('stops at the rate of its sender: the one they are for gets no more, and stays', async () => {
    const before = await noticed();
    const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 50000 typ host', sdpMid: '0' };
    const data = JSON.stringify({ to: 'bob', candidate });
    for (let id = 0; id < 5000; id += 1)
      mallory.send(`{"request":true,"id":${String(id)},"method":"signal","data":${data}}`);
    expect((await mallory.closed)[1]).toMatch(/RATE_LIMITED/);
    await bob.client.settled();
    const arrived = bob.client.log.frames.filter(({ method }) => method === 'signal').length;
    expect(before).toEqual([]);
    expect(arrived).toBeGreaterThan(0);
    expect(arrived).toBeLessThan(1000);
    expect(bob.client.closeFrame).toBeUndefined();
  });
});

describe('the connection ends, the others hear that somebody left:', () => {
  const leftFor = async () => {
    const left = await bob.client.log.notified('peerLeft');
    return left.data;
  };

  test('a flood', async () => {
    for (let i = 0; i < 5000; i += 1) mallory.send('{"request":true,"id":6,"method":"ping"}');
    expect((await mallory.closed)[1]).toMatch(/RATE_LIMITED/);
    expect(await leftFor()).toMatchObject({ peerId: 'mallory', reason: 'disconnected' });
    expect(await noticed()).toHaveLength(3);
  });

  test('a message that no limit can be meant for', async () => {
    mallory.ws.send('x'.repeat(2 * 1024 * 1024));
    // RFC 6455 §7.4.1: message too big.
    expect((await mallory.closed)[0]).toBe(1009);
    expect(await leftFor()).toMatchObject({ peerId: 'mallory' });
  });

  test('broken framing', async () => {
    // A text frame with bytes that are no UTF-8 (RFC 6455 §8.1).
    mallory.ws.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false });
    expect((await mallory.closed)[0]).toBe(1007);
    expect(await leftFor()).toMatchObject({ peerId: 'mallory' });
  });

  test('one who does not read while others write', async () => {
    mallory.ws.pause();
    const room = server.parlor.rooms.get('room');
    const payload = 'x'.repeat(100 * 1024);
    const arrived = (count: number) =>
      bob.client.log.find(({ method, data }) => method === 'message' && data?.['topic'] === String(count));
    // As fast as the other one reads, which is no trouble for it.
    for (let count = 0; room?.peers.has('mallory'); count += 1) {
      room.sendMessage(String(count), payload);
      await arrived(count);
    }
    expect(await leftFor()).toMatchObject({ peerId: 'mallory', reason: 'disconnected' });
    mallory.ws.terminate();
  });
});
