import { describe, expect, test, vi } from 'vitest';
import { server, type Frame } from './testing/protooServer.js';

type Server = ReturnType<typeof server>;
type Client = ReturnType<Server['connect']>;

async function join(to: Server, peerId: string): Promise<{ client: Client; resumeToken: string }> {
  const client = to.connect(peerId);
  const { data } = await client.join({ resumable: true });
  return { client, resumeToken: (data as { resumeToken: string }).resumeToken };
}

const say = (client: Client, payload: unknown) => client.request('sendMessage', { topic: 'chat', payload });
const payloads = (frames: Frame[]) =>
  frames
    .filter(({ method }) => method === 'message')
    .map(({ data }) => (data as { payload: unknown }).payload);
const seqs = (frames: Frame[]) => frames.map(({ data }) => (data as { seq: number }).seq);

describe('a lost connection', () => {
  test('is no news to the others, and its client misses nothing', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    const bob = await join(to, 'bob');
    await say(bob.client, 'heard');
    alice.client.socket.lose();
    await say(bob.client, 'missed');
    const again = to.connect('alice');
    const answer = await again.request('resumeSession', { resumeToken: alice.resumeToken, seq: 2 });
    expect(answer).toMatchObject({ ok: true, data: { heard: 0 } });
    await say(bob.client, 'new');
    expect(payloads(again.notifications())).toEqual(['missed', 'new']);
    expect(seqs(again.notifications())).toEqual([3, 4]);
    expect(bob.client.notifications()).toEqual([]);
    expect(await say(again, 'I am back')).toMatchObject({ ok: true });
    expect(payloads(bob.client.notifications())).toEqual(['I am back']);
  });

  test('may be noticed by the client long before the server', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    const again = to.connect('alice');
    await again.request('resumeSession', { resumeToken: alice.resumeToken, seq: 0 });
    expect(alice.client.socket.closed).toEqual([1000, '']);
    alice.client.socket.lose(1000);
    await to.clock.pass(60_000);
    expect(to.rooms.get('room')?.peers.has('alice')).toBe(true);
  });

  test('ends the membership when nobody comes back in time', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    const bob = await join(to, 'bob');
    alice.client.socket.lose();
    await to.clock.pass(29_999);
    expect(bob.client.notifications()).toEqual([]);
    await to.clock.pass(1);
    expect(bob.client.notifications()).toMatchObject([
      { method: 'peerLeft', data: { peerId: 'alice', reason: 'disconnected' } },
    ]);
    const late = to.connect('alice');
    expect(await late.request('resumeSession', { resumeToken: alice.resumeToken, seq: 0 })).toMatchObject({
      ok: false,
      code: 'SESSION_NOT_FOUND',
    });
    expect(await late.join()).toMatchObject({ ok: true });
    expect(to.clock.pending).toBe(0);
  });

  test.each([1000, 1001, 1005])('is none when the client closed it (%i)', async (code) => {
    const to = server();
    const alice = await join(to, 'alice');
    alice.client.socket.lose(code);
    expect(to.rooms.size).toBe(0);
    expect(to.clock.pending).toBe(0);
  });

  test('ends the membership at once for a client that does not come back', async () => {
    const to = server();
    const alice = to.connect('alice');
    await alice.join();
    alice.socket.lose();
    expect(to.rooms.size).toBe(0);
  });

  test('can be lost again and again', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    const bob = await join(to, 'bob');
    let { client } = alice;
    const heard: unknown[] = [];
    for (let round = 0; round < 5; round++) {
      client.socket.lose();
      await to.clock.pass(20_000);
      await say(bob.client, round);
      client = to.connect('alice');
      await client.request('resumeSession', { resumeToken: alice.resumeToken, seq: round + 1 });
      heard.push(...payloads(client.notifications()));
    }
    expect(heard).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('requests that are said again', () => {
  test('are done once, and answered', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    const bob = await join(to, 'bob');
    const request = {
      request: true,
      id: 77,
      method: 'sendMessage',
      data: { topic: 'chat', payload: 'once' },
    };
    alice.client.socket.receive(JSON.stringify(request));
    await vi.waitFor(() => {
      expect(payloads(bob.client.notifications())).toEqual(['once']);
    });
    alice.client.socket.lose();
    const again = to.connect('alice');
    await again.request('resumeSession', { resumeToken: alice.resumeToken, seq: 1 });
    again.socket.receive(JSON.stringify(request));
    expect(again.socket.frames.at(-1)).toEqual({ response: true, id: 77, ok: true, data: {} });
    expect(payloads(bob.client.notifications())).toEqual(['once']);
  });

  test('are done once, however often the connection breaks before they arrive', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    const bob = await join(to, 'bob');
    const data = { topic: 'chat', payload: 'once' };
    const request = JSON.stringify({ request: true, id: 77, method: 'sendMessage', data });
    alice.client.socket.receive(request);
    let { client } = alice;
    for (let round = 0; round < 3; round++) {
      client.socket.lose();
      client = to.connect('alice');
      await client.request('resumeSession', { resumeToken: alice.resumeToken, seq: 1 });
    }
    client.socket.receive(request);
    expect(client.socket.frames.at(-1)).toEqual({ response: true, id: 77, ok: true, data: {} });
    expect(payloads(bob.client.notifications())).toEqual(['once']);
  });

  test('are not begun a second time while they are worked on', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    const request = { request: true, id: 77, method: 'createWebRtcTransport', data: { direction: 'send' } };
    alice.client.socket.receive(JSON.stringify(request));
    alice.client.socket.lose();
    const again = to.connect('alice');
    again.socket.receive(
      JSON.stringify({
        request: true,
        id: 1,
        method: 'resumeSession',
        data: { resumeToken: alice.resumeToken, seq: 0 },
      }),
    );
    again.socket.receive(JSON.stringify(request));
    await vi.waitFor(() => {
      expect(again.socket.frames.filter(({ id }) => id === 77)).toHaveLength(1);
    });
    expect(to.rooms.get('room')?.peers.get('alice')?.transports.size).toBe(1);
  });

  test('are new ones where nothing was lost, whatever their ids', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    const bob = await join(to, 'bob');
    for (const payload of [1, 2]) {
      alice.client.socket.receive(
        JSON.stringify({ request: true, id: 5, method: 'sendMessage', data: { topic: 'chat', payload } }),
      );
    }
    await vi.waitFor(() => {
      expect(payloads(bob.client.notifications())).toEqual([1, 2]);
    });
  });

  test('notifications of the client are counted, so that it can say those that are missing', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    for (let i = 0; i < 3; i++)
      alice.client.socket.receive(
        JSON.stringify({ notification: true, method: 'resume', data: { consumerIds: ['gone'] } }),
      );
    alice.client.socket.lose();
    const again = to.connect('alice');
    expect(await again.request('resumeSession', { resumeToken: alice.resumeToken, seq: 0 })).toMatchObject({
      data: { heard: 3 },
    });
  });
});

describe('a session is not taken up', () => {
  const refused = { ok: false, code: 'SESSION_NOT_FOUND', errorCode: 404 };

  test('by a wrong token, by another peer, in another room', async () => {
    const to = server();
    const { resumeToken } = await join(to, 'alice');
    const ask = (client: Client, token: string) =>
      client.request('resumeSession', { resumeToken: token, seq: 0 });
    expect(await ask(to.connect('alice'), 'wrong')).toMatchObject(refused);
    expect(await ask(to.connect('mallory'), resumeToken)).toMatchObject(refused);
    expect(await ask(to.connect('alice', 'elsewhere'), resumeToken)).toMatchObject(refused);
    expect(await ask(to.connect('alice'), resumeToken)).toMatchObject({ ok: true });
  });

  test('once its peer was removed or its room closed', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    const bob = await join(to, 'bob');
    alice.client.socket.lose();
    to.rooms.get('room')?.peers.get('alice')?.remove();
    bob.client.socket.lose();
    to.rooms.get('room')?.close();
    expect(to.clock.pending).toBe(0);
    for (const [peerId, { resumeToken }] of [
      ['alice', alice],
      ['bob', bob],
    ] as const) {
      const answer = await to.connect(peerId).request('resumeSession', { resumeToken, seq: 0 });
      expect(answer).toMatchObject(refused);
    }
  });

  test('after more was said than is kept', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    const bob = await join(to, 'bob');
    alice.client.socket.lose();
    for (let i = 0; i < 600; i++) await say(bob.client, i);
    const again = to.connect('alice');
    const ask = (seq: number) => again.request('resumeSession', { resumeToken: alice.resumeToken, seq });
    expect(await ask(10)).toMatchObject(refused);
    expect(await ask(10_000)).toMatchObject(refused);
    expect(await ask(500)).toMatchObject({ ok: true });
  });

  test('on a connection that has joined', async () => {
    const to = server();
    const { client, resumeToken } = await join(to, 'alice');
    expect(await client.request('resumeSession', { resumeToken, seq: -1 })).toMatchObject({
      code: 'BAD_REQUEST',
    });
    const bob = await join(to, 'bob');
    const again = await bob.client.request('resumeSession', { resumeToken, seq: 0 });
    expect(again).toMatchObject({ code: 'ALREADY_JOINED' });
  });
});
