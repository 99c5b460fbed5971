import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readGuestToken } from '../../src/access/guestTokens.js';
import { MemoryRoomStore } from '../../src/dialects/p2pRooms/MemoryRoomStore.js';
import { p2pServer, type P2pServer } from './p2pServer.js';

const MINUTE = 60_000;
const ROOMS = '/api/webrtc/rooms';

let server: P2pServer;
let store: MemoryRoomStore;
beforeEach(async () => {
  store = new MemoryRoomStore();
  server = await p2pServer({ options: { store, roomsPerUser: 5 } });
});
afterEach(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

describe('creating a room', () => {
  test('as in the document', async () => {
    const body = { name: '小明的房间', password: '123456', max_participants: 10, expires_minutes: 120 };
    const {
      status,
      headers,
      body: answer,
    } = await server.ask('POST', ROOMS, { token: await server.user(), body });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    const data = {
      room_id: expect.stringMatching(/^[0-9A-Z]{6}$/),
      password: '123456',
      name: '小明的房间',
      max_participants: 10,
      expires_at: '2025-12-06T14:00:00Z',
    };
    expect(answer).toEqual({ success: true, data });
  });

  test('with nothing said: the defaults, and a password', async () => {
    const token = await server.user();
    for (const body of [undefined, {}, { name: '', password: '', max_participants: null }, { other: 1 }]) {
      const { body: answer } = await server.ask('POST', ROOMS, { token, body });
      const { room_id: id, ...data } = answer.data ?? {};
      expect(data).toEqual({
        name: id,
        password: expect.stringMatching(/^[0-9A-Z]{6}$/),
        max_participants: 10,
        expires_at: '2025-12-06T14:00:00Z',
      });
    }
  });

  test('ids and passwords that are made have no look-alikes', async () => {
    const { newPassword, newRoomId } = await import('../../src/dialects/p2pRooms/ids.js');
    const made = Array.from({ length: 500 }, () => newRoomId() + newPassword()).join('');
    expect(made).toMatch(/^[0-9A-Z]{6000}$/);
    expect(made).not.toMatch(/[0O1I2Z5S8B]/);
  });

  test.each([
    ['a password of 5', { password: '12345' }],
    ['a password of 7', { password: '1234567' }],
    ['a password that is a number', { password: 123456 }],
    ['51 participants', { max_participants: 51 }],
    ['no participants', { max_participants: 0 }],
    ['half a participant', { max_participants: 1.5 }],
    ['more than a day', { expires_minutes: 1441 }],
    ['no time', { expires_minutes: 0 }],
    ['time in words', { expires_minutes: '60' }],
    ['a name that is none', { name: { a: 1 } }],
    ['a name with a line break', { name: 'a\nb' }],
    ['a topology that is none', { topology: 'mesh' }],
    ['a topology in capitals', { topology: 'SFU' }],
    ['no text for a topology', { topology: '' }],
    ['a list of topologies', { topology: ['p2p'] }],
    ['a topology that every object has', { topology: 'constructor' }],
    ['a list', []],
    ['a text', '"text"'],
  ])('with %s: refused', async (_what, body) => {
    const answer = await server.ask('POST', ROOMS, { token: await server.user(), body });
    expect(answer).toMatchObject({ status: 400, body: { success: false, code: 'BAD_REQUEST' } });
  });

  test.each([
    [undefined, 'auto'],
    [null, 'auto'],
    ['auto', 'auto'],
    ['p2p', 'p2p'],
    ['sfu', 'sfu'],
  ])('with topology %j: %s', async (topology, kept) => {
    const { roomId } = await server.createRoom({ topology });
    expect(await store.get(roomId)).toMatchObject({ topology: kept });
  });

  test('up to the limits of the document', async () => {
    const body = { max_participants: 50, expires_minutes: 1440, password: '小红小明小红' };
    const answer = await server.ask('POST', ROOMS, { token: await server.user(), body });
    expect(answer.body.data).toMatchObject({ max_participants: 50, expires_at: '2025-12-07T12:00:00Z' });
  });

  test('only for somebody who has logged in', async () => {
    const token = await server.user({ name: 'nobody' });
    expect(await server.ask('POST', ROOMS, { body: {} })).toMatchObject({
      status: 401,
      body: { success: false, code: 'UNAUTHORIZED' },
    });
    expect(await server.ask('POST', ROOMS, { body: {}, token })).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHORIZED', detail: expect.stringContaining('sub') },
    });
    expect(await server.ask('POST', ROOMS, { body: {}, token: 'nonsense' })).toMatchObject({
      status: 401,
      body: { code: 'TOKEN_INVALID' },
    });
    const other = await server.user({ sub: 'alice', can: { create: false } });
    expect(await server.ask('POST', ROOMS, { body: {}, token: other })).toMatchObject({ status: 403 });
    const elsewhere = await server.user({ sub: 'alice', rooms: ['lobby'] });
    expect(await server.ask('POST', ROOMS, { body: {}, token: elsewhere })).toMatchObject({
      status: 403,
      body: { code: 'ROOM_NOT_ALLOWED' },
    });
  });

  test('also at once, only as many as a user may have', async () => {
    const token = await server.user();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => server.ask('POST', ROOMS, { token, body: { expires_minutes: 5 } })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    await server.clock.pass(5 * MINUTE);
    expect(await server.ask('POST', ROOMS, { token, body: {} })).toMatchObject({ status: 200 });
  });

  test('stores no password', async () => {
    const { roomId } = await server.createRoom({ password: '654321' });
    expect(JSON.stringify(await store.get(roomId))).not.toContain('654321');
    expect((await store.get(roomId))?.passwordHash).toMatch(/^scrypt\$/);
  });
});

describe('joining a room', () => {
  test('as in the document', async () => {
    const room = await server.createRoom({ name: '小明的房间', password: '123456' });
    const { status, body } = await server.join(room.roomId, '123456', { name: '访客小红' });
    expect(status).toBe(200);
    const { data = {} } = body;
    const id = String(data['participant_id']);
    expect(id).toMatch(/^p_[a-z0-9]{8}$/);
    expect(body).toEqual({
      success: true,
      data: {
        participant_id: id,
        ws_token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/),
        room_name: '小明的房间',
        ice_servers: [
          { urls: ['stun:stun.example.org:19302'] },
          {
            urls: ['turn:turn.example.org:3478'],
            username: `1765065600:guest_${id}`,
            credential: expect.any(String),
          },
        ],
        token_expires_at: '2025-12-06T12:10:00Z',
      },
    });
    const key = (await store.get(room.roomId))?.guestKey ?? '';
    const guest = await readGuestToken(String(data['ws_token']), { key, now: server.clock.now() });
    expect(guest).toEqual({ id, name: '访客小红' });
  });

  test('with an id as people type it', async () => {
    const room = await server.createRoom();
    expect(await server.join(room.roomId.toLowerCase(), room.password)).toMatchObject({ status: 200 });
  });

  test.each([
    ['the wrong password', 401, 'PASSWORD_WRONG'],
    ['no room', 404, 'ROOM_NOT_FOUND'],
    ['a room that is over', 400, 'ROOM_EXPIRED'],
    ['a room that is full', 400, 'ROOM_FULL'],
    ['no password', 400, 'BAD_REQUEST'],
    ['an empty body', 400, 'BAD_REQUEST'],
    ['no JSON', 400, 'INVALID_JSON'],
    ['too much', 413, 'MESSAGE_TOO_LARGE'],
  ])('%s: %i', async (what, status, code) => {
    const room = await server.createRoom({ max_participants: 1 });
    const path = `${ROOMS}/${what === 'no room' ? 'XXXXXX' : room.roomId}/join`;
    let body: unknown = { password: room.password };
    if (what === 'the wrong password') body = { password: 'wrong!' };
    if (what === 'a room that is over') await server.clock.pass(120 * MINUTE);
    if (what === 'a room that is full') await server.enter(room, 'first');
    if (what === 'no password') body = { display_name: 'x' };
    if (what === 'an empty body') body = undefined;
    if (what === 'no JSON') body = '{"password":';
    if (what === 'too much') body = { password: room.password, padding: 'x'.repeat(16 * 1024) };
    expect(await server.ask('POST', path, { body })).toMatchObject({
      status,
      body: { success: false, code },
    });
  });

  test('a room that has been over for long is forgotten', async () => {
    const room = await server.createRoom({ expires_minutes: 1 });
    await server.clock.pass(30 * MINUTE);
    expect(await server.join(room.roomId, room.password)).toMatchObject({ body: { code: 'ROOM_EXPIRED' } });
    await server.clock.pass(35 * MINUTE);
    expect(await server.join(room.roomId, room.password)).toMatchObject({ body: { code: 'ROOM_NOT_FOUND' } });
    expect(await store.get(room.roomId)).toBeUndefined();
  });
});

describe('a room of one’s own', () => {
  test('shows itself to its creator only', async () => {
    const room = await server.createRoom({ name: 'Mine', password: '123456' });
    const guest = await server.enter(room, 'Bob');
    await guest.take();
    const path = `${ROOMS}/${room.roomId}`;
    const { status, body } = await server.ask('GET', path, { token: room.token });
    expect(status).toBe(200);
    expect(body.data).toEqual({
      room_id: room.roomId,
      name: 'Mine',
      max_participants: 10,
      created_at: '2025-12-06T12:00:00Z',
      expires_at: '2025-12-06T14:00:00Z',
      participants: [{ id: guest.id, name: 'Bob', is_creator: false }],
      ice_servers: [
        { urls: ['stun:stun.example.org:19302'] },
        expect.objectContaining({ username: '1765065600:alice' }),
      ],
    });
    for (const method of ['GET', 'DELETE']) {
      expect(await server.ask(method, path)).toMatchObject({ status: 401 });
      expect(await server.ask(method, path, { token: await server.user({ sub: 'bob' }) })).toMatchObject({
        status: 403,
        body: { code: 'CREATOR_ONLY' },
      });
      expect(await server.ask(method, `${ROOMS}/XXXXXX`, { token: room.token })).toMatchObject({
        status: 404,
      });
    }
    expect(await server.join(room.roomId, '123456')).toMatchObject({ status: 200 });
  });

  test('is gone when its creator deletes it', async () => {
    const room = await server.createRoom();
    const path = `${ROOMS}/${room.roomId}`;
    expect(await server.ask('DELETE', path, { token: room.token })).toMatchObject({
      status: 200,
      body: { success: true, data: { room_id: room.roomId } },
    });
    expect(await server.ask('DELETE', path, { token: room.token })).toMatchObject({ status: 404 });
    expect(await server.join(room.roomId, room.password)).toMatchObject({ status: 404 });
  });
});

describe('addresses', () => {
  test.each([
    ['GET', ROOMS, 'POST'],
    ['PUT', `${ROOMS}/ABCDEF`, 'GET, DELETE'],
    ['GET', `${ROOMS}/ABCDEF/join`, 'POST'],
    ['POST', '/ws/webrtc/rooms/ABCDEF', 'GET'],
  ])('%s %s: not that way', async (method, path, allow) => {
    const answer = await server.ask(method, path);
    expect(answer).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
    expect(answer.headers.get('allow')).toBe(allow);
  });

  test('others are somebody else’s', async () => {
    for (const path of ['/api/webrtc', `${ROOMS}/`, `${ROOMS}/A/B`, `${ROOMS}/A/join/x`, '/ws/webrtc/rooms'])
      expect(await server.ask('GET', path)).toMatchObject({ status: 404, body: { error: 'NOT_FOUND' } });
  });

  test('may be asked from pages of any origin', async () => {
    for (const [method, path] of [
      ['POST', ROOMS],
      ['DELETE', `${ROOMS}/ABCDEF`],
      ['POST', `${ROOMS}/ABCDEF/join`],
    ] as const) {
      const response = await fetch(server.url + path, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://app.test',
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization, content-type',
        },
      });
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
    }
  });
});

test('a server that stops opens no more rooms', async () => {
  const room = await server.createRoom();
  server.rooms.close();
  expect(await server.ask('POST', ROOMS, { token: room.token, body: {} })).toMatchObject({
    status: 503,
    body: { code: 'SERVER_CLOSING' },
  });
  expect(await server.join(room.roomId, room.password)).toMatchObject({ status: 503 });
});
