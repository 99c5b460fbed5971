import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../logger.js';
import { FakeWebSocket } from '../test/FakeWebSocket.js';
import { newest } from '../test/kit.js';
import { FakePlatform, settle } from '../testing/index.js';
import { ProtooChannel } from './ProtooChannel.js';
import { defaultReconnectPolicy, type ReconnectPolicy } from './reconnectPolicy.js';

const URL = 'wss://host/?roomId=r&peerId=p';

let platform: FakePlatform;
let sockets: FakeWebSocket[];
let events: unknown[];

beforeEach(() => {
  platform = new FakePlatform();
  sockets = [];
  events = [];
  platform.createWebSocket = (url, protocols) => {
    const socket = new FakeWebSocket(url, protocols);
    sockets.push(socket);
    return socket;
  };
});

async function open(policy: ReconnectPolicy = defaultReconnectPolicy): Promise<ProtooChannel> {
  const opening = ProtooChannel.open({
    url: URL,
    requestTimeout: 1000,
    connectTimeout: 5000,
    policy,
    platform,
    logger: silentLogger,
    signal: new AbortController().signal,
  });
  sockets[0]?.open();
  const channel = await opening;
  channel.resumeWith('token');
  channel.on('interrupted', ({ code }) => events.push(['interrupted', code]));
  channel.on('resumed', () => events.push('resumed'));
  channel.on('notification', (method) => events.push(method));
  channel.on('closed', ({ error, final }) => events.push(['closed', error.code, final]));
  return channel;
}

const sent = (socket = newest(sockets)) => socket.sent.map(({ method }) => method);
const idOf = (method: string, socket = newest(sockets)) =>
  socket.sent.find((frame) => frame['method'] === method)?.['id'];
const notify = (seq: number, method = `n${String(seq)}`) => {
  newest(sockets).receive({ notification: true, method, data: { seq } });
};

/** The next socket opens, and its server takes the session back. */
async function takeBack(heard = 0): Promise<void> {
  await settle();
  newest(sockets).open();
  await settle();
  newest(sockets).receive({ response: true, id: idOf('resumeSession'), ok: true, data: { heard } });
  await settle();
}

describe('a lost connection', () => {
  it('is looked for at once, and the server is told what arrived', async () => {
    await open();
    notify(1);
    notify(2);
    sockets[0]?.drop();
    expect(events).toEqual(['n1', 'n2', ['interrupted', 'CONNECTION_LOST']]);
    await takeBack();
    expect(newest(sockets).url).toBe(`${URL}&resumeToken=token`);
    expect(newest(sockets).sent[0]).toMatchObject({
      method: 'resumeSession',
      data: { resumeToken: 'token', seq: 2 },
    });
    notify(3);
    expect(events.slice(3)).toEqual(['resumed', 'n3']);
  });

  it('costs no request: what has no answer is asked again, by the same id, in the old order', async () => {
    const channel = await open();
    const before = channel.request('produce');
    channel.tell('resume', {});
    channel.tell('signal', {});
    const id = idOf('produce');
    sockets[0]?.drop();
    const during = channel.request('pause');
    channel.tell('late', {});
    await takeBack(1);
    expect(sent()).toEqual(['resumeSession', 'produce', 'signal', 'pause', 'late']);
    expect(idOf('produce')).toBe(id);
    for (const method of ['produce', 'pause'])
      newest(sockets).receive({ response: true, id: idOf(method), ok: true, data: method });
    expect(await Promise.all([before, during])).toEqual(['produce', 'pause']);
  });

  it('does not ask again what was answered', async () => {
    const channel = await open();
    const answer = channel.request('produce');
    newest(sockets).receive({ response: true, id: idOf('produce'), ok: true, data: 1 });
    await answer;
    sockets[0]?.drop();
    await takeBack();
    expect(sent()).toEqual(['resumeSession']);
  });

  it('stops the clock of requests', async () => {
    const channel = await open({ nextDelay: () => 10_000 });
    const answer = channel.request('produce');
    sockets[0]?.drop();
    const during = channel.request('pause');
    await platform.clock.advance(10_000);
    await takeBack();
    await platform.clock.advance(999);
    newest(sockets).receive({ response: true, id: idOf('produce'), ok: true, data: 'in time' });
    expect(await answer).toBe('in time');
    during.catch(() => undefined);
    await platform.clock.advance(1);
    await expect(during).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  });

  it('may be lost again while it is taken back', async () => {
    const channel = await open({ nextDelay: ({ attempt }) => (attempt === 0 ? 0 : 500) });
    const answer = channel.request('produce');
    sockets[0]?.drop();
    await settle();
    newest(sockets).open();
    await settle();
    newest(sockets).drop();
    await settle();
    await platform.clock.advance(500);
    await takeBack();
    expect(sockets).toHaveLength(3);
    newest(sockets).receive({ response: true, id: idOf('produce'), ok: true, data: 1 });
    expect(await answer).toBe(1);
    newest(sockets).drop();
    await takeBack();
    expect(events.filter((event) => event === 'resumed')).toHaveLength(2);
  });

  it('that is silent is given up, and taken back', async () => {
    await open();
    await platform.clock.advance(20_000);
    expect(events).toEqual([['interrupted', 'CONNECTION_LOST']]);
    // No goodbye: the server may hear it after all.
    expect(sockets[0]?.closedWith?.[0]).toBe(3001);
    await takeBack();
    await platform.clock.advance(15_000);
    expect(sent()).toEqual(['resumeSession', 'ping']);
  });
});

describe('a message of the server', () => {
  it('that comes twice is told once', async () => {
    await open();
    for (const seq of [1, 2, 2, 1, 3]) notify(seq);
    expect(events).toEqual(['n1', 'n2', 'n3']);
  });

  it('that is missing is asked for, and those behind it wait for it', async () => {
    await open();
    notify(1);
    notify(3);
    expect(events).toEqual(['n1', ['interrupted', 'CONNECTION_LOST']]);
    await takeBack();
    expect(newest(sockets).sent[0]).toMatchObject({ method: 'resumeSession', data: { seq: 1 } });
    notify(2);
    notify(3);
    expect(events.slice(2)).toEqual(['resumed', 'n2', 'n3']);
  });
});

describe('a session that is over', () => {
  it.each([
    ['forgotten by the server', { code: 'SESSION_NOT_FOUND', errorCode: 404 }],
    ['of a user who may no longer', { code: 'TOKEN_EXPIRED', errorCode: 401 }],
  ])('%s may be joined again', async (_what, refusal) => {
    const channel = await open();
    const answer = channel.request('produce');
    sockets[0]?.drop();
    await settle();
    newest(sockets).open();
    await settle();
    newest(sockets).receive({ response: true, id: idOf('resumeSession'), ok: false, ...refusal });
    await expect(answer).rejects.toMatchObject({ code: refusal.code });
    expect(events.at(-1)).toEqual(['closed', refusal.code, false]);
    expect(platform.held).toMatchObject({ timers: 0, pageListeners: 0 });
  });

  it('by the policy is over for good', async () => {
    await open({ nextDelay: () => null });
    sockets[0]?.drop();
    await settle();
    expect(events.at(-1)).toEqual(['closed', 'CONNECTION_LOST', true]);
  });

  it.each([
    [4000, 'PEER_REMOVED', true],
    [4503, 'SERVER_CLOSING', false],
    [4503, 'MEDIA_SERVER_DIED', false],
  ])('is not asked for after %i %s', async (code, reason, final) => {
    await open();
    sockets[0]?.drop(code, reason);
    expect(events).toEqual([['closed', reason, final]]);
    expect(sockets).toHaveLength(1);
  });

  it('because too much was told meanwhile is left', async () => {
    const channel = await open({ nextDelay: () => 0 });
    sockets[0]?.drop();
    for (let i = 0; i < 300; i++) channel.tell('signal', {});
    await takeBack();
    expect(events.at(-1)).toEqual(['closed', 'SESSION_NOT_FOUND', false]);
    expect(newest(sockets).closedWith).toBeDefined();
  });

  it('by us stops looking', async () => {
    const channel = await open();
    const answer = channel.request('produce');
    sockets[0]?.drop();
    channel.close();
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
    await platform.clock.advance(60_000);
    expect(platform.held).toMatchObject({ timers: 0, pageListeners: 0 });
    expect(events).toHaveLength(1);
  });
});
