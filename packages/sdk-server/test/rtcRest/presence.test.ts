import type { RtcSnapshot, UsageRecord } from '@parlor/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consume, enterCall } from './call.js';
import { rtcServer, type RtcServer } from './rtcServer.js';

let server: RtcServer;
beforeEach(() => {
  server = rtcServer();
});
afterEach(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

/** From here on media answers late when it is asked for a transport: `asked` tells that it was. */
async function slowTransports(): Promise<{ asked: Promise<void>; answer: () => void }> {
  const media = server.backend.rooms.get('room');
  if (!media) throw new Error('no room');
  const made = await media.createTransport();
  let answer = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    media.createTransport = () => {
      resolve();
      return new Promise((done) => {
        answer = () => {
          done(made);
        };
      });
    };
  });
  return {
    asked,
    answer: () => {
      answer();
    },
  };
}

const peersOf = (room: string) => [...(server.rooms.get(room)?.peers.keys() ?? [])];

describe('one room at a time', () => {
  test('joining again is the same peer, also at the same time', async () => {
    const alice = await server.user('alice');
    const joined = await Promise.all([1, 2, 3].map(() => alice.did('POST', '/rtc/rooms/room/join')));
    expect(new Set(joined.map(({ peerId }) => peerId)).size).toBe(1);
    expect(peersOf('room')).toHaveLength(1);
  });

  test('joining another leaves the first, once the other is open to them', async () => {
    const alice = await server.user('alice', { rooms: ['a', 'b'] });
    await alice.did('POST', '/rtc/rooms/a/join');
    expect((await alice.ask('POST', '/rtc/rooms/c/join')).status).toBe(403);
    expect(peersOf('a')).toEqual(['peer-1']);
    const { id } = await alice.did('POST', '/rtc/transports', { direction: 'send' });
    await alice.did('POST', '/rtc/rooms/b/join');
    expect(server.rooms.get('a')).toBeUndefined();
    expect(peersOf('b')).toEqual(['peer-2']);
    expect((await alice.ask('DELETE', `/rtc/transports/${String(id)}`)).body['error']).toBe(
      'TRANSPORT_NOT_FOUND',
    );
  });

  test('leaving ends what is being answered: there is no room any more', async () => {
    const alice = await server.user('alice');
    const { recv } = await enterCall(alice);
    const { asked, answer } = await slowTransports();
    const creating = alice.ask('POST', '/rtc/transports', { body: { direction: 'send' } });
    await asked;
    await alice.did('POST', '/rtc/leave');
    answer();
    expect((await creating).body['error']).toBe('ROOM_NOT_FOUND');
    expect((await alice.ask('DELETE', `/rtc/transports/${recv}`)).body['error']).toBe('ROOM_NOT_FOUND');
  });

  test('who was removed stays out, and hears why', async () => {
    const alice = await server.user('alice');
    await server.rooms.open('room', { keepWhenEmpty: true });
    await alice.did('POST', '/rtc/rooms/room/join');
    server.rooms.get('room')?.peers.get('peer-1')?.remove();
    const headers = { 'accept-language': 'ja' };
    const refused = await alice.ask('POST', '/rtc/rooms/room/join', { headers });
    expect([refused.status, refused.body]).toEqual([
      403,
      { error: 'PEER_REMOVED', message: 'このルームから退出させられたため、参加できません。' },
    ]);
  });

  test('to and fro at once ends in one', async () => {
    const alice = await server.user('alice');
    await Promise.all(['a', 'b', 'a', 'b'].map((room) => alice.did('POST', `/rtc/rooms/${room}/join`)));
    // Which of them, is a matter of whose token was checked last.
    expect([...peersOf('a'), ...peersOf('b')]).toHaveLength(1);
  });
});

describe('who gives no sign for a minute', () => {
  test('has left', async () => {
    const [alice, bob] = [await server.user('alice'), await server.user('bob')];
    await alice.did('POST', '/rtc/rooms/room/join');
    await server.clock.pass(30_000);
    await bob.did('POST', '/rtc/rooms/room/join');
    const events = await bob.listen();
    await server.clock.pass(29_000);
    expect(peersOf('room')).toHaveLength(2);
    await server.clock.pass(6000);
    expect(peersOf('room')).toEqual(['peer-2']);
    expect(await events.named('peerLeft')).toMatchObject({
      data: { peerId: 'peer-1', reason: 'disconnected' },
    });
    // Who listens is there, for ever.
    await server.clock.pass(10 * 60_000);
    expect(peersOf('room')).toEqual(['peer-2']);
    await events.cancel();
    await server.clock.pass(59_000);
    expect(peersOf('room')).toEqual(['peer-2']);
    await server.clock.pass(6000);
    expect(peersOf('room')).toEqual([]);
    expect(server.clock.pending).toBe(0);
  });

  test('not while they call', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    for (let minutes = 0; minutes < 5; minutes += 1) {
      await server.clock.pass(50_000);
      await alice.ask('POST', '/rtc/consumers/none/resume');
    }
    expect(peersOf('room')).toHaveLength(1);
  });

  test('not while a request is being answered', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    const { asked, answer } = await slowTransports();
    const creating = alice.ask('POST', '/rtc/transports', { body: { direction: 'send' } });
    await asked;
    await server.clock.pass(120_000);
    answer();
    expect((await creating).status).toBe(200);
  });

  test('not while media flows; a minute after it has stopped', async () => {
    const alice = await server.user('alice');
    await enterCall(alice);
    await server.clock.pass(10 * 60_000);
    expect(peersOf('room')).toHaveLength(1);
    for (const transport of server.backend.rooms.get('room')?.transports ?? []) {
      transport.state = 'disconnected';
      transport.emit('stateChanged', 'disconnected');
    }
    await server.clock.pass(59_000);
    expect(peersOf('room')).toHaveLength(1);
    await server.clock.pass(6000);
    expect(peersOf('room')).toHaveLength(0);
  });
});

describe('events', () => {
  test('tell what others do, with ids that grow', async () => {
    const [alice, bob] = [await server.user('alice'), await server.user('bob', { name: 'Bob' })];
    const hers = await enterCall(alice);
    const events = await alice.listen();
    const his = await enterCall(bob);
    const consumer = await consume(alice, hers.recv, his.audio);
    await bob.did('POST', `/rtc/producers/${his.audio}/pause`);
    await bob.did('POST', `/rtc/producers/${his.video}/pause`);
    await bob.did('POST', `/rtc/producers/${his.audio}/resume`);
    const core = server.rooms.get('room');
    core?.peers.get('peer-1')?.consumers.get(consumer)?.close();
    core?.sendMessage('news', { text: 'line one\nline two' });
    await bob.did('DELETE', `/rtc/producers/${his.video}`);
    await bob.did('POST', '/rtc/leave');
    const seen = [];
    for (let count = 0; count < 11; count += 1) seen.push(await events.next());
    expect(seen.map(({ event, data }) => [event, data])).toEqual([
      ['peerJoined', { peerId: 'peer-2', displayName: 'Bob' }],
      [
        'newProducer',
        {
          producerId: his.audio,
          peerId: 'peer-2',
          kind: 'audio',
          appData: { source: 'microphone' },
          paused: false,
        },
      ],
      ['newProducer', expect.objectContaining({ producerId: his.video })],
      ['consumerPaused', { consumerId: consumer, producerId: his.audio }],
      ['producerPaused', { producerId: his.video, peerId: 'peer-2' }],
      ['consumerResumed', { consumerId: consumer, producerId: his.audio }],
      ['consumerClosed', { consumerId: consumer, producerId: his.audio }],
      ['message', { topic: 'news', payload: { text: 'line one\nline two' } }],
      ['producerClosed', { producerId: his.video, peerId: 'peer-2' }],
      ['producerClosed', { producerId: his.audio, peerId: 'peer-2' }],
      ['peerLeft', { peerId: 'peer-2', reason: 'left' }],
    ]);
    const ids = seen.map(({ id }) => Number(id));
    expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? id))).toBe(true);
    expect(events.retry).toBeGreaterThan(0);
  });

  test('who speaks is said without a number, and not kept', async () => {
    const alice = await server.user('alice');
    const { audio } = await enterCall(alice);
    const events = await alice.listen();
    const media = server.backend.rooms.get('room');
    media?.emit('activeSpeakers', [{ producerId: audio, level: 0.5 }]);
    expect(await events.next()).toEqual({
      id: undefined,
      event: 'activeSpeakers',
      data: { speakers: [{ peerId: 'peer-1', level: 0.5 }] },
    });
    const late = await alice.listen();
    server.rooms.get('room')?.sendMessage('after', null);
    expect(await late.next()).toMatchObject({ event: 'message' });
  });

  test('that were missed come first; others that listen get nothing twice', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    const room = server.rooms.get('room');
    // From the answer to the join on, without saying from where.
    room?.sendMessage('one', 1);
    const first = await alice.listen();
    expect(await first.next()).toMatchObject({ data: { topic: 'one' } });
    room?.sendMessage('two', 2);
    expect(await first.next()).toMatchObject({ data: { topic: 'two' } });
    const known = first.lastId;
    await first.cancel();
    room?.sendMessage('three', 3);
    room?.sendMessage('four', 4);
    const second = await alice.listen({ 'last-event-id': String(known) });
    expect(await second.next()).toMatchObject({ data: { topic: 'three' } });
    expect(await second.next()).toMatchObject({ data: { topic: 'four' } });
    await alice.did('POST', '/rtc/rooms/room/join');
    const third = await alice.listen();
    room?.sendMessage('five', 5);
    expect(await third.next()).toMatchObject({ data: { topic: 'five' } });
    expect(await second.next()).toMatchObject({ data: { topic: 'five' } });
  });

  test('that are not kept any more: how things stand instead', async () => {
    const [alice, bob] = [await server.user('alice'), await server.user('bob')];
    const hers = await enterCall(alice);
    const his = await enterCall(bob);
    const consumer = await consume(alice, hers.recv, his.video);
    const events = await alice.listen();
    const { id } = await events.next();
    await events.cancel();
    for (let count = 0; count < 1001; count += 1) server.rooms.get('room')?.sendMessage('noise', count);
    const snapshot: RtcSnapshot = {
      roomId: 'room',
      peerId: 'peer-1',
      peers: [{ id: 'peer-2', displayName: 'peer-2' }],
      producers: [
        {
          producerId: his.audio,
          peerId: 'peer-2',
          kind: 'audio',
          appData: { source: 'microphone' },
          paused: false,
        },
        {
          producerId: his.video,
          peerId: 'peer-2',
          kind: 'video',
          appData: { source: 'camera' },
          paused: false,
        },
      ],
      consumers: [{ id: consumer, producerId: his.video, paused: true }],
    };
    for (const unknown of [String(id), '0', '999999999999999', 'nonsense', '']) {
      const again = await alice.listen({ 'last-event-id': unknown });
      expect(await again.next()).toMatchObject({ event: 'reset', data: snapshot });
      // One can go on from there.
      server.rooms.get('room')?.sendMessage('after', unknown);
      expect(await again.next()).toMatchObject({ data: { topic: 'after', payload: unknown } });
      const once = await alice.listen({ 'last-event-id': String(again.lastId) });
      server.rooms.get('room')?.sendMessage('and after', unknown);
      expect(await once.next()).toMatchObject({ data: { topic: 'and after' } });
      await again.cancel();
      await once.cancel();
    }
  });

  test('ids of an earlier stay mean nothing in a later one, and go on growing', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    server.rooms.get('room')?.sendMessage('before', null);
    const before = await alice.listen();
    const { id } = await before.next();
    await alice.did('POST', '/rtc/leave');
    expect(await before.next()).toMatchObject({ event: 'ended', data: { reason: 'left' } });
    await before.end();
    await alice.did('POST', '/rtc/rooms/room/join');
    const after = await alice.listen({ 'last-event-id': String(id) });
    const reset = await after.next();
    expect(reset).toMatchObject({ event: 'reset', data: { peerId: 'peer-2' } });
    expect(Number(reset.id)).toBeGreaterThan(Number(id));
  });

  test('end with why', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    const removed = await alice.listen();
    server.rooms.get('room')?.peers.get('peer-1')?.remove('talked too much');
    expect(await removed.next()).toMatchObject({
      event: 'ended',
      data: { reason: 'removed', error: 'PEER_REMOVED', message: 'talked too much' },
    });
    await removed.end();
    const bob = await server.user('bob');
    await bob.did('POST', '/rtc/rooms/other/join');
    const closed = await bob.listen();
    server.rooms.get('other')?.close();
    expect(await closed.next()).toMatchObject({ event: 'roomClosed', data: { reason: 'closed' } });
    expect(await closed.next()).toMatchObject({ event: 'ended', data: { error: 'ROOM_CLOSED' } });
    await closed.end();
    expect((await bob.ask('GET', '/rtc/events')).status).toBe(404);
  });

  test('have a heartbeat', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    const events = await alice.listen();
    await server.clock.pass(15_000);
    await events.comment();
  });

  test('go to eight connections, of which the oldest gives way', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    const all = [];
    for (let count = 0; count < 9; count += 1) all.push(await alice.listen());
    await all[0]?.end();
    server.rooms.get('room')?.sendMessage('to all', null);
    for (const events of all.slice(1)) expect(await events.next()).toMatchObject({ event: 'message' });
  });

  test('that nobody reads do not pile up: the connection ends', async () => {
    const alice = await server.user('alice');
    await alice.did('POST', '/rtc/rooms/room/join');
    const response = await server.send(
      new Request('http://localhost/rtc/events', { headers: { authorization: `Bearer ${alice.token}` } }),
    );
    const large = 'x'.repeat(100_000);
    for (let count = 0; count < 20; count += 1) server.rooms.get('room')?.sendMessage('large', large);
    const text = await response.text();
    expect(text.length).toBeGreaterThan(1_000_000);
    expect(text.length).toBeLessThan(1_300_000);
  });
});

describe('usage', () => {
  test('is for oneself, and of all for moderators, who also hear of it', async () => {
    const [alice, bob] = [await server.user('alice'), await server.user('bob')];
    const chief = await server.user('chief', { can: { moderate: true } });
    await chief.did('POST', '/rtc/rooms/room/join');
    const events = await chief.listen();
    await server.clock.pass(1);
    await enterCall(alice);
    await server.clock.pass(1);
    await enterCall(bob);
    await server.clock.pass(3000);
    const transports = [...(server.backend.rooms.get('room')?.transports ?? [])];
    for (const transport of transports) Object.assign(transport, { bytesReceived: 10, bytesSent: 5 });
    await bob.did('POST', '/rtc/leave');
    const { data } = await events.named('usage');
    expect(data).toMatchObject({
      userId: 'bob',
      dialect: 'rtcRest',
      secondsConnected: 3,
      bytesIn: 20,
      bytesOut: 10,
    });
    const recordsFor = async (user: typeof alice) => {
      const { roomId, records } = await user.did('GET', '/rtc/rooms/room/usage');
      expect(roomId).toBe('room');
      return (records as UsageRecord[]).map(({ userId, leftAt }) => [userId, leftAt !== undefined]);
    };
    expect(await recordsFor(alice)).toEqual([['alice', false]]);
    expect(await recordsFor(bob)).toEqual([['bob', true]]);
    expect(await recordsFor(chief)).toEqual([
      ['chief', false],
      ['alice', false],
      ['bob', true],
    ]);
    const nobody = await server.user('nobody');
    expect(await recordsFor(nobody)).toEqual([]);
    const missing = await chief.ask('GET', '/rtc/rooms/never/usage');
    expect([missing.status, missing.body['error']]).toEqual([404, 'ROOM_NOT_FOUND']);
  });
});
