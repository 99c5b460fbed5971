import fc from 'fast-check';
import { CallRequests, isErrorCode } from '@parlor/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { createToken } from '../src/access/tokens.js';
import { FakeBackend } from '../src/media/fake/FakeBackend.js';
import type { ParlorOptions } from '../src/options.js';
import { dial, phone } from './support/callPhone.js';
import { anyValue, mutate, mutations, STACK_TEXT } from './support/hostileMessages.js';
import { socketServer, type SocketServer } from './support/socketServer.js';

const SECRET = 'a secret that is long enough for HS256';

let server: SocketServer | undefined;
afterEach(() => server?.close());

async function start(options: Partial<ParlorOptions> = {}): Promise<SocketServer> {
  server = await socketServer({ media: new FakeBackend(), ...options });
  return server;
}

describe('a call over the wire', () => {
  test('from the first ring to the end, with a room for two', async () => {
    const parlor = await start();
    const alice = await phone(parlor, 'alice', { displayName: 'Alice' });
    const bob = await phone(parlor, 'bob');
    const call = await alice.ask('call', { userId: 'bob', video: true });
    expect(call).toMatchObject({ direction: 'outgoing', state: 'ringing', video: true });
    const incoming = await bob.hears('incomingCall');
    expect(incoming).toMatchObject({
      callId: call['callId'],
      direction: 'incoming',
      user: { userId: 'alice', displayName: 'Alice' },
      video: true,
    });
    const { callId } = incoming;
    const held = await bob.ask<{ roomId: string; ticket: string }>('acceptCall', { callId });
    const accepted = await alice.hears('callAccepted');
    expect(accepted).toMatchObject({ callId, roomId: held.roomId, ticket: expect.any(String) });
    expect(accepted['ticket']).not.toBe(held.ticket);

    const [inside, other] = [
      await enter(parlor, held.roomId, { ticket: String(accepted['ticket']) }),
      await enter(parlor, held.roomId, { ticket: held.ticket }),
    ];
    expect(await inside.join()).toMatchObject({ ok: true, data: { displayName: 'Alice' } });
    expect(await other.join()).toMatchObject({ ok: true, data: { displayName: 'bob' } });
    // Whoever has the id only, a ticket of their own making, or one of another call, stays outside.
    for (const ticket of [undefined, 'guessed', '']) {
      await expect(enter(parlor, held.roomId, ticket === undefined ? {} : { ticket })).rejects.toThrow(/403/);
    }
    await expect(enter(parlor, 'call:*', { ticket: held.ticket })).rejects.toThrow(/403/);
    await expect(enter(parlor, 'call:', {})).rejects.toThrow(/403/);

    await alice.ask('updateCall', { callId, video: false });
    expect(await bob.hears('callUpdated')).toMatchObject({ callId, video: false });
    await bob.ask('hangUpCall', { callId });
    expect(await alice.hears('callEnded')).toMatchObject({ callId, reason: 'hungUp' });
    expect((await inside.closed)[1]).toBe('ROOM_CLOSED');
    await other.closed;
    expect(parlor.parlor.rooms.size).toBe(0);
    await expect(enter(parlor, held.roomId, { ticket: held.ticket })).rejects.toThrow(/403/);
  });

  test('the answer comes before what follows from it', async () => {
    const parlor = await start();
    const [alice, bob, carol] = [
      await phone(parlor, 'alice'),
      await phone(parlor, 'bob'),
      await phone(parlor, 'carol'),
    ];
    await bob.ask('acceptCall', { callId: await alice.ring('bob') });
    const callId = await carol.ring('bob');
    expect(await carol.hears('callEnded')).toMatchObject({ callId, reason: 'busy', seq: 1 });
    const kinds = carol.log.frames.map(({ method, ok }) => method ?? ok);
    expect(kinds).toEqual([true, true, 'callEnded']);
  });

  test('that nobody answers, and one whose caller is lost', async () => {
    const parlor = await start({ calls: { ringTimeoutMs: 60 } });
    const [alice, bob] = [await phone(parlor, 'alice'), await phone(parlor, 'bob')];
    await alice.ring('bob');
    expect(await alice.hears('callEnded')).toMatchObject({ reason: 'noAnswer' });
    expect(await bob.hears('callEnded')).toMatchObject({ reason: 'noAnswer' });
    await alice.ring('bob');
    alice.disconnect();
    expect(await bob.hears('callEnded')).toMatchObject({ reason: 'connectionLost' });
  });

  test('whose device comes back is still its call; whose device does not is over', async () => {
    const parlor = await start({ calls: { graceMs: 80 } });
    const [alice, bob] = [await phone(parlor, 'alice'), await phone(parlor, 'bob')];
    const callId = await alice.ring('bob');
    await bob.ask('acceptCall', { callId });
    bob.disconnect();
    await bob.closed;
    const again = await dial(parlor, { userId: 'bob' });
    const { calls } = await again.ask<{ calls: { callId: string; ticket: string }[] }>('openLine', {
      deviceId: 'bob-phone',
    });
    expect(calls).toMatchObject([{ callId, state: 'active', ticket: expect.any(String) }]);
    again.disconnect();
    expect(await alice.hears('callEnded')).toMatchObject({ callId, reason: 'connectionLost' });
  });

  test('is nobody else’s', async () => {
    const parlor = await start();
    const [alice, bob, eve] = [
      await phone(parlor, 'alice'),
      await phone(parlor, 'bob'),
      await phone(parlor, 'eve'),
    ];
    const callId = await alice.ring('bob');
    for (const method of ['acceptCall', 'rejectCall', 'hangUpCall', 'updateCall']) {
      expect(await eve.request(method, { callId, video: true })).toMatchObject({
        ok: false,
        code: 'CALL_NOT_FOUND',
      });
    }
    // Nor does the caller answer in the name of who is called.
    expect(await alice.request('acceptCall', { callId })).toMatchObject({ code: 'CALL_NOT_FOUND' });
    await bob.hears('incomingCall');
    await bob.ask('acceptCall', { callId });
    expect(await eve.request('hangUpCall', { callId })).toMatchObject({ code: 'CALL_NOT_FOUND' });
    await Promise.all([alice.settled(), bob.settled()]);
    expect(alice.log.notifications.map(({ method }) => method)).toEqual(['callAccepted']);
    expect(bob.log.notifications.map(({ method }) => method)).toEqual(['incomingCall']);
  });

  test('ends with the server', async () => {
    const parlor = await start();
    const [alice, bob] = [await phone(parlor, 'alice'), await phone(parlor, 'bob')];
    await bob.ask('acceptCall', { callId: await alice.ring('bob') });
    await parlor.close();
    for (const { closed } of [alice, bob]) expect((await closed)[1]).toMatch(/SERVER_CLOSING/);
  });
});

describe('who may call', () => {
  const access = { jwtSecret: SECRET };

  test('is who the token says, under its name, and into the room of the call as well', async () => {
    const parlor = await start({ access });
    const token = (sub: string) => createToken({ sub, name: `${sub}'s name` }, SECRET);
    const alice = await phone(parlor, '', { token: await token('alice'), displayName: 'the boss' });
    const bob = await phone(parlor, '', { token: await token('bob') });
    const { roomId } = await bob.ask<{ roomId: string }>('acceptCall', { callId: await alice.ring('bob') });
    expect(await bob.hears('incomingCall')).toMatchObject({
      user: { userId: 'alice', displayName: "alice's name" },
    });
    const inside = await enter(parlor, roomId, { token: await token('bob') });
    expect(await inside.join()).toMatchObject({ ok: true });
    await expect(enter(parlor, roomId, { token: await token('eve') })).rejects.toThrow(/403/);
  });

  test('needs a token that names them and opens the rooms of calls', async () => {
    const parlor = await start({ access });
    const refusal = async (query: Record<string, string>) => {
      await expect(dial(parlor, query)).rejects.toThrow();
      const url = `${parlor.url}/calls?${new URLSearchParams(query).toString()}`;
      const response = await fetch(url);
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    expect(await refusal({ userId: 'alice' })).toEqual([401, 'UNAUTHORIZED']);
    const nameless = await createToken({}, SECRET);
    expect(await refusal({ token: nameless, userId: 'alice' })).toEqual([401, 'UNAUTHORIZED']);
    const elsewhere = await createToken({ sub: 'alice', rooms: ['chat:*'] }, SECRET);
    expect(await refusal({ token: elsewhere })).toEqual([403, 'ROOM_NOT_ALLOWED']);
    const caller = await createToken({ sub: 'alice', rooms: ['call:*'] }, SECRET);
    const welcome = await fetch(`${parlor.url}/calls?token=${caller}`);
    expect(welcome.status).toBe(426);
  });

  test('is for the application to decide', async () => {
    const asked: unknown[] = [];
    const parlor = await start({
      access: {
        authorize(request, scope) {
          asked.push(scope);
          return { userId: new URL(request.url).searchParams.get('who') ?? '' };
        },
      },
    });
    const client = await dial(parlor, { who: 'alice' });
    expect(await client.ask('openLine', { deviceId: 'd' })).toMatchObject({ userId: 'alice' });
    expect(asked).toEqual([{ room: 'call:*', action: 'call' }]);
  });

  test('in development says who they are', async () => {
    const parlor = await start();
    await expect(dial(parlor, {})).rejects.toThrow(/400/);
    await expect(dial(parlor, { userId: 'a\u0000b' })).rejects.toThrow(/400/);
    await expect(dial(parlor, { userId: 'x'.repeat(257) })).rejects.toThrow(/400/);
  });
});

describe('bad input', () => {
  test('is answered by a code, and nobody else hears of it', async () => {
    const parlor = await start();
    const bob = await phone(parlor, 'bob');
    const client = await dial(parlor, { userId: 'mallory' });
    const code = async (method: string, data?: unknown) => (await client.request(method, data)).code;
    expect(await code('call', { userId: 'bob' })).toBe('NOT_JOINED');
    expect(await code('openLine', {})).toBe('BAD_REQUEST');
    await client.ask('openLine', { deviceId: 'd' });
    expect(await code('openLine', { deviceId: 'd' })).toBe('ALREADY_JOINED');
    expect(await code('call', { userId: 'mallory' })).toBe('BAD_REQUEST');
    expect(await code('call', { userId: 7 })).toBe('BAD_REQUEST');
    expect(await code('call', { userId: 'nobody' })).toBe('USER_OFFLINE');
    expect(await code('joinRoom', {})).toBe('UNKNOWN_METHOD');
    expect(await code('constructor', {})).toBe('UNKNOWN_METHOD');
    expect(await code('listUsers')).toBe('FORBIDDEN');
    expect(await code('acceptCall', { callId: 'x' })).toBe('CALL_NOT_FOUND');
    client.send('{');
    expect(await client.hears('error')).toMatchObject({ code: 'INVALID_JSON' });
    await bob.settled();
    expect(bob.log.notifications).toEqual([]);
  });

  test('of any kind breaks nothing', { timeout: 60_000 }, async () => {
    const errors: unknown[] = [];
    const silent = () => undefined;
    const logger = {
      debug: silent,
      info: silent,
      warn: silent,
      error: (...words: unknown[]) => errors.push(words),
    };
    const parlor = await start({
      logger,
      calls: { callsPerMinute: 1e6 },
      socketLimits: { messageBurst: 1e6 },
    });
    const methods = Object.keys(CallRequests).filter((method) => method !== 'closeLine');
    const bob = await phone(parlor, 'bob');
    const mallory = await phone(parlor, 'mallory');
    const eve = await phone(parlor, 'eve');
    const foreign = await eve.ring('bob');
    const data = { deviceId: 'd', userId: 'bob', callId: foreign, video: true };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...methods),
        mutations(3),
        anyValue,
        async (method, changes, value) => {
          const request = { request: true, id: mallory.nextId(), method, data };
          mallory.send(JSON.stringify(mutate(request, changes)));
          mallory.send(JSON.stringify(value));
          mallory.send(JSON.stringify({ request: true, id: mallory.nextId(), method, data: value }));
          await mallory.settled();
          // What was begun by chance ends again, so that the next one can begin.
          for (const { data: call } of mallory.log.frames.splice(0)) {
            if (typeof call?.['callId'] === 'string')
              await mallory.request('hangUpCall', { callId: call['callId'] });
          }
        },
      ),
      { numRuns: 300 },
    );
    for (const text of mallory.log.texts) {
      const frame = JSON.parse(text) as { ok?: boolean; code?: string; data?: { code?: string } };
      if (frame.ok === false) expect(isErrorCode(frame.code) && frame.code !== 'INTERNAL', text).toBe(true);
      expect(text).not.toMatch(STACK_TEXT);
    }
    expect(errors).toEqual([]);
    // The call of the other two has heard nothing of all this.
    await bob.ask('acceptCall', { callId: foreign });
    expect(await eve.hears('callAccepted')).toMatchObject({ callId: foreign });
    expect(eve.log.notifications).toHaveLength(1);
  });
});

/** A peer of the room, by the native protocol. */
function enter(parlor: SocketServer, roomId: string, query: Record<string, string>) {
  const peerId = `peer-${String(Math.random())}`;
  const { token, ticket } = query;
  return parlor.connect(peerId, {
    roomId,
    ...(token !== undefined && { token }),
    ...(ticket !== undefined && { query: { ticket } }),
  });
}
