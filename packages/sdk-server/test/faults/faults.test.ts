import { afterEach, describe, expect, it } from 'vitest';
import { createToken } from '../../src/access/tokens.js';
import type { ParlorOptions } from '../../src/options.js';
import { TestServer } from '../../src/testing/index.js';
import { connectTo, type ConnectionOptions, type SocketClient } from '../support/socketServer.js';

const running: TestServer[] = [];

async function start(options: Partial<ParlorOptions> = {}): Promise<TestServer> {
  const server = await TestServer.start(() => ({
    access: { allowAnonymous: true },
    media: 'none',
    ...options,
  }));
  running.push(server);
  return server;
}

const connect = (server: TestServer, peerId: string, options?: ConnectionOptions) =>
  connectTo(new URL(server.url).host, peerId, options);

async function joined(server: TestServer, peerId: string): Promise<SocketClient> {
  const client = await connect(server, peerId);
  expect(await client.join()).toMatchObject({ ok: true });
  return client;
}

/** Topics of the messages that have come, in order. */
const topics = ({ log }: SocketClient) =>
  log.notifications.filter(({ method }) => method === 'message').map(({ data }) => data?.['topic']);

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

describe('faults of signalling', () => {
  it('are none unless they are asked for', async () => {
    const server = await start();
    const [a, b] = [await joined(server, 'a'), await joined(server, 'b')];
    await a.ask('sendMessage', { topic: 'hello', payload: 'x'.repeat(70_000) });
    await b.settled();
    expect(topics(b)).toEqual(['hello']);
  });

  it('lose messages of one direction, and no others', async () => {
    const server = await start();
    const [a, b] = [await joined(server, 'a'), await joined(server, 'b')];
    server.faults.signalling({ toClient: { drop: 1 } });
    a.send(
      JSON.stringify({ request: true, id: 1, method: 'sendMessage', data: { topic: 'lost', payload: 0 } }),
    );
    b.send(JSON.stringify({ request: true, id: 1, method: 'leave' }));
    await expect.poll(() => server.parlor.rooms.get('room')?.peers.size).toBe(1);
    server.faults.signalling();
    await a.settled();
    expect(a.log.notifications.map(({ method }) => method)).not.toContain('peerLeft');
    expect(topics(b)).toEqual([]);
  });

  it('double messages', async () => {
    const server = await start();
    const [a, b] = [await joined(server, 'a'), await joined(server, 'b')];
    server.faults.signalling({ toClient: { duplicate: 1 } });
    await a.ask('sendMessage', { topic: 'twice', payload: 0 });
    await b.settled();
    expect(topics(b)).toEqual(['twice', 'twice']);
  });

  it('delay messages without changing their order', async () => {
    const server = await start();
    const [a, b] = [await joined(server, 'a'), await joined(server, 'b')];
    server.faults.signalling({ toServer: { delayMs: 20 }, toClient: { delayMs: 20 } });
    const first = a.ask('sendMessage', { topic: 'first', payload: 0 });
    server.faults.signalling({ toServer: { delayMs: 1 }, toClient: { delayMs: 1 } });
    const second = a.ask('sendMessage', { topic: 'second', payload: 0 });
    await Promise.all([first, second]);
    server.faults.signalling();
    await b.settled();
    expect(topics(b)).toEqual(['first', 'second']);
  });

  it('cut connections without a goodbye, and keep new ones out', async () => {
    const server = await start();
    const a = await joined(server, 'a');
    server.faults.setDown(true);
    expect((await a.closed)[0]).toBe(1006);
    await expect(connect(server, 'a')).rejects.toThrow();
    server.faults.setDown(false);
    await joined(server, 'b');
  });
});

describe('faults of access', () => {
  it('refuse tokens that are good, until they are accepted again', async () => {
    const jwtSecret = 'a secret of at least thirty-two bytes';
    const server = await start({ access: { jwtSecret } });
    const token = await createToken({ sub: 'ana', name: 'Ana' }, jwtSecret);
    server.faults.refuseTokens();
    await expect(connect(server, 'a', { token })).rejects.toThrow('401');
    server.faults.acceptTokens();
    const client = await connect(server, 'a', { token });
    expect(await client.join()).toMatchObject({ data: { displayName: 'Ana' } });
  });
});

describe('a server that goes', () => {
  it('and tells, is back at the same address', async () => {
    const server = await start();
    const { url } = server;
    const a = await joined(server, 'a');
    await server.restart();
    expect((await a.closed)[0]).toBe(4503);
    expect(server.url).toBe(url);
    await joined(server, 'a');
  });

  it('and does not tell, is back as well', async () => {
    const server = await start();
    const a = await joined(server, 'a');
    await server.crash();
    expect((await a.closed)[0]).toBe(1006);
    expect(a.log.notifications).toEqual([]);
    await joined(server, 'a');
  });
});

it('says that there is no media worker where there is none', async () => {
  const server = await start();
  expect(() => {
    server.faults.killWorker();
  }).toThrow('no such media worker');
});
