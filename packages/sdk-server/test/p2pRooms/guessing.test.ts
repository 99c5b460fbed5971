import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { p2pServer, type P2pServer } from './p2pServer.js';

let server: P2pServer;
beforeEach(async () => {
  server = await p2pServer();
});
afterEach(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

/** Lets time pass while somebody is made to wait, and only then. */
async function waited<T>(answer: Promise<T>): Promise<{ answer: T; ms: number }> {
  const start = server.clock.now();
  // The sweeper always waits.
  const others = Math.max(1, server.clock.pending);
  let settled = false;
  void answer.finally(() => (settled = true));
  while (!settled) {
    await new Promise(setImmediate);
    if (server.clock.pending > others) await server.clock.pass(250);
  }
  return { answer: await answer, ms: server.clock.now() - start };
}

const guess = async (roomId: string, address: string) =>
  (await waited(server.join(roomId, 'wrong!', from(address)))).answer;

describe('guessing passwords', () => {
  test('from one address is slowed, then refused; others are not', async () => {
    const room = await server.createRoom();
    for (let i = 0; i < 10; i += 1)
      expect(await guess(room.roomId, '192.0.2.1')).toMatchObject({
        status: 401,
        body: { code: 'PASSWORD_WRONG' },
      });
    const refused = await server.join(room.roomId, room.password, from('192.0.2.1'));
    expect(refused).toMatchObject({ status: 429, body: { success: false, code: 'RATE_LIMITED' } });
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(900);
    const other = await waited(server.join(room.roomId, room.password, from('198.51.100.7')));
    expect(other.answer.status).toBe(200);

    await server.clock.pass(retryAfter * 1000);
    expect(await server.join(room.roomId, room.password, from('192.0.2.1'))).toMatchObject({ status: 200 });
  });

  test('waits longer each time, also for the right one', async () => {
    const room = await server.createRoom();
    for (let i = 0; i < 6; i += 1) await guess(room.roomId, '192.0.2.1');
    const right = server.join(room.roomId, room.password, from('192.0.2.1'));
    const { answer, ms } = await waited(right);
    expect(answer.status).toBe(200);
    expect(ms).toBe(2000);
  });

  test('of one room from many addresses is refused', async () => {
    await server.close();
    server = await p2pServer({ options: { guessing: { perRoom: 12 } } });
    const room = await server.createRoom();
    for (let i = 0; i < 12; i += 1) await guess(room.roomId, `192.0.2.${String(i)}`);
    expect(await server.join(room.roomId, room.password, from('198.51.100.7'))).toMatchObject({
      status: 429,
    });
    const other = await server.createRoom();
    expect(await server.join(other.roomId, other.password, from('198.51.100.7'))).toMatchObject({
      status: 200,
    });
  });

  test('of ids counts as well', async () => {
    for (let i = 0; i < 10; i += 1)
      expect(await guess(`AAAAA${String(i)}`, '192.0.2.1')).toMatchObject({ status: 404 });
    expect(await guess('BBBBBB', '192.0.2.1')).toMatchObject({ status: 429 });
  });

  test('all at once is no way around', async () => {
    const room = await server.createRoom();
    const { answer: answers } = await waited(
      Promise.all(Array.from({ length: 20 }, () => server.join(room.roomId, 'wrong!', from('192.0.2.1')))),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
  });

  test('a crowd behind one address that knows the password comes in', async () => {
    const room = await server.createRoom();
    const { answer: answers } = await waited(
      Promise.all(
        Array.from({ length: 15 }, () => server.join(room.roomId, room.password, from('192.0.2.1'))),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(15).fill(200));
  });

  test('those who know the password come as often as they like', async () => {
    const room = await server.createRoom();
    for (let i = 0; i < 12; i += 1)
      expect(await server.join(room.roomId, room.password, from('192.0.2.1'))).toMatchObject({ status: 200 });
  });
});
