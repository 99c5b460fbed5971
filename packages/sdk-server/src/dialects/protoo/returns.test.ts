import { decodeJwt, UnsecuredJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newProducerId } from '../../access/producerIds.js';
import { resumeKey } from '../../access/resumeTokens.js';
import type { Authorization } from '../../access/types.js';
import { ManualClock } from '../../ice/testing/ManualClock.js';
import { server } from './testing/protooServer.js';

type Server = ReturnType<typeof server>;
interface Joined {
  resumeToken: string;
  reforming?: number;
  displayName: string;
}

const SECRET = 'a secret that is long enough for HS256';
const PRODUCE = {
  kind: 'video',
  rtpParameters: {
    codecs: [{ mimeType: 'video/VP8', payloadType: 101, clockRate: 90_000 }],
    encodings: [{ ssrc: 1 }],
  },
};

/** Servers of one installation, one after the other. */
function installation() {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const key = resumeKey({ access: { jwtSecret: SECRET } });
  return { clock, start: () => server({ key, clock }) };
}

interface Coming {
  roomId?: string;
  claims?: Partial<Authorization>;
  data?: object;
}

async function join(to: Server, peerId: string, { roomId = 'room', claims = {}, data = {} }: Coming = {}) {
  const client = to.connect(peerId, roomId, claims);
  const answer = await client.join({ resumable: true, transports: ['send', 'recv'], ...data });
  return { client, answer, joined: answer['data'] as Joined };
}

async function publish({ client }: Awaited<ReturnType<typeof join>>, formerId?: string): Promise<string> {
  const { data } = await client.request('produce', { ...PRODUCE, ...(formerId && { formerId }) });
  return (data as { producerId: string }).producerId;
}

const comeBack = (
  to: Server,
  resumeToken: string,
  { peerId = 'alice', ...more }: Coming & { peerId?: string } = {},
) => join(to, peerId, { ...more, data: { resumeToken, ...more.data } });

describe('after a restart of the server', () => {
  test('a client is who it was, and its publications have their ids', async () => {
    const { start } = installation();
    const before = await join(start(), 'alice', { data: { displayName: 'Alice' } });
    const ids = [await publish(before), await publish(before)];

    const after = start();
    const unknown = await after.connect('alice').request('resumeSession', {
      resumeToken: before.joined.resumeToken,
      seq: 0,
    });
    expect(unknown).toMatchObject({ ok: false, code: 'SESSION_NOT_FOUND' });
    const back = await comeBack(after, before.joined.resumeToken);
    expect(back.joined).toMatchObject({ displayName: 'Alice', reforming: 15_000 });
    expect([await publish(back, ids[1]), await publish(back, ids[0])]).toEqual([ids[1], ids[0]]);
    expect([...(after.rooms.get('room')?.producers.keys() ?? [])]).toEqual([ids[1], ids[0]]);
  });

  test('and after another one', async () => {
    const { start } = installation();
    const first = await join(start(), 'alice');
    const id = await publish(first);
    const second = await comeBack(start(), first.joined.resumeToken);
    const third = await comeBack(start(), second.joined.resumeToken);
    expect(await publish(third, id)).toBe(id);
  });

  test('one who has come back takes the place of a ghost of that time', async () => {
    const { start } = installation();
    const before = await join(start(), 'alice');
    const after = start();
    const lost = await comeBack(after, before.joined.resumeToken);
    // The answer never arrived: the client still has the token of before.
    const back = await comeBack(after, before.joined.resumeToken);
    expect(back.answer).toMatchObject({ ok: true });
    expect(lost.client.socket.closed).toEqual([4000, 'PEER_REPLACED']);
  });

  test('the others are waited for while the room is young, and by those only who were there', async () => {
    const { clock, start } = installation();
    const before = start();
    const [alice, bob, carol] = [
      await join(before, 'alice'),
      await join(before, 'bob'),
      await join(before, 'carol'),
    ];
    const after = start();
    expect((await comeBack(after, alice.joined.resumeToken)).joined.reforming).toBe(15_000);
    await clock.pass(14_999);
    expect((await comeBack(after, bob.joined.resumeToken, { peerId: 'bob' })).joined.reforming).toBe(1);
    expect((await join(after, 'dave')).joined.reforming).toBeUndefined();
    await clock.pass(1);
    expect(
      (await comeBack(after, carol.joined.resumeToken, { peerId: 'carol' })).joined.reforming,
    ).toBeUndefined();
  });

  test('they are waited for without a key that outlives it, too', async () => {
    const alice = await join(server(), 'alice');
    const id = await publish(alice);
    const back = await comeBack(server(), alice.joined.resumeToken);
    expect(back.joined.reforming).toBe(15_000);
    expect(await publish(back, id)).not.toBe(id);
  });

  test('nobody is waited for in a room that was not formed anew', async () => {
    const { start } = installation();
    const to = start();
    await join(to, 'bob');
    const alice = await join(to, 'alice');
    alice.client.socket.lose();
    const back = await comeBack(to, alice.joined.resumeToken);
    expect(back.answer).toMatchObject({ ok: true });
    expect(back.joined.reforming).toBeUndefined();
  });
});

describe('an id of before is had by nobody', () => {
  test('who has another peer id, user or room, or no token', async () => {
    const { start } = installation();
    const claims = { userId: 'alice' };
    const before = await join(start(), 'alice', { claims });
    const id = await publish(before);
    const { resumeToken } = before.joined;
    const attempts: [string, Coming, string | undefined][] = [
      ['mallory', { claims }, resumeToken],
      ['alice', { claims: { userId: 'mallory' } }, resumeToken],
      ['alice', { claims: {} }, resumeToken],
      ['alice', { claims, roomId: 'elsewhere' }, resumeToken],
      ['alice', { claims }, undefined],
    ];
    for (const [peerId, coming, token] of attempts) {
      const thief = await (token === undefined
        ? join(start(), peerId, coming)
        : comeBack(start(), token, { peerId, ...coming }));
      expect(await publish(thief, id)).not.toBe(id);
    }
    expect(await publish(await comeBack(start(), resumeToken, { claims }), id)).toBe(id);
  });

  test('whose token says nothing any more', async () => {
    const { clock, start } = installation();
    const claims = { expiresAt: clock.now() + 60_000 };
    const before = await join(start(), 'alice', { claims });
    const id = await publish(before);
    const { resumeToken } = before.joined;
    // The right, and the grace.
    await clock.pass(89_000);
    expect(await publish(await comeBack(start(), resumeToken), id)).toBe(id);
    await clock.pass(1000);
    expect(await publish(await comeBack(start(), resumeToken), id)).not.toBe(id);
  });

  test('whose token was made up', async () => {
    const { start } = installation();
    const before = await join(start(), 'alice');
    const id = await publish(before);
    const { resumeToken } = before.joined;
    const [header = '', payload = '', signature = ''] = resumeToken.split('.');
    const claims = decodeJwt(resumeToken);
    const forged = [
      new UnsecuredJWT(claims).encode(),
      `${header}.${payload}.`,
      `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      `${header}.${Buffer.from(JSON.stringify({ ...claims, peer: 'bob' })).toString('base64url')}.${signature}`,
      '',
      '..',
      'x'.repeat(4096),
    ];
    for (const token of forged) {
      const thief = await comeBack(start(), token);
      expect(thief.answer).toMatchObject({ ok: true });
      expect(await publish(thief, id)).not.toBe(id);
    }
  });

  test('while somebody has it, nor was it ever one', async () => {
    const { start } = installation();
    const to = start();
    const alice = await join(to, 'alice');
    const id = await publish(alice);
    expect(await publish(alice, id)).not.toBe(id);
    for (const made of [randomUUID(), newProducerId('guessed'), 'mine']) {
      expect(await publish(alice, made)).not.toBe(made);
    }
    const bob = await join(to, 'bob');
    await alice.client.request('leave');
    expect(await publish(bob, id)).not.toBe(id);
  });

  test('twice, however fast it is asked for', async () => {
    const { start } = installation();
    const before = await join(start(), 'alice');
    const id = await publish(before);
    const back = await comeBack(start(), before.joined.resumeToken);
    const answers = await Promise.all(
      [1, 2].map(() => back.client.request('produce', { ...PRODUCE, formerId: id })),
    );
    const given = answers.map(({ data }) => (data as { producerId?: string } | undefined)?.producerId);
    expect(given.filter((one) => one === id)).toHaveLength(1);
  });
});
