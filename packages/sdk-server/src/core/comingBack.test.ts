import { beforeEach, describe, expect, test } from 'vitest';
import { sampleAudio } from '../testing/rtpSamples.js';
import { meeting, type Guest } from './topology/testing/meeting.js';
import type { JoinOptions } from './types.js';

let stage: ReturnType<typeof meeting>;
beforeEach(() => {
  let secrets = 0;
  stage = meeting({ newSecret: () => `secret ${String((secrets += 1))}` });
});
const pinned = { topology: 'sfu', paths: true } as const;
const join = (id: string, how: Partial<JoinOptions> = pinned) => stage.join(id, how);
const again = ({ id, peer: { resumeToken } }: Guest, how: Partial<JoinOptions> = pinned) =>
  join(id, { ...how, resumeToken });
const audio = { kind: 'audio' as const };

/** Goes on with a publication of before, by a transport of its own. */
async function takesUp({ peer }: Guest, id: string, paused = false) {
  const { id: transportId } = await peer.createTransport({ direction: 'send' });
  return await peer.takeUp(id, { ...audio, paused, transportId, rtpParameters: sampleAudio() });
}

describe('a client that joins anew while its former self is there', () => {
  test('is the same peer, and nobody hears of it leaving or coming', async () => {
    const events: string[] = [];
    const alice = await join('alice');
    const bob = await join('bob');
    const room = stage.room();
    for (const event of ['peerJoined', 'peerLeft', 'producerAdded', 'producerClosed'] as const)
      room.on(event, () => events.push(event));
    const producer = await alice.sends();
    await bob.follows([producer.id]);
    const before = bob.told.length;
    events.length = 0;

    const back = await again(alice);
    expect([back.peer, room.peers.get('alice')]).toEqual([alice.peer, alice.peer]);
    expect([alice.ended, back.peer.closed, back.peer.transports.size]).toEqual(['PEER_REPLACED', false, 0]);
    expect([producer.closed, producer.pending]).toEqual([false, true]);
    expect(bob.told.slice(before)).toEqual([{ type: 'peerReturned', peerId: 'alice' }]);

    expect(await takesUp(back, producer.id)).toBe(producer);
    await stage.clock.pass(0);
    expect(bob.told.slice(before + 1)).toMatchObject([
      { type: 'producerMoved', producerId: producer.id, consumer: { producer } },
    ]);
    await stage.clock.pass(60_000);
    expect([events, producer.closed, alice.told, back.told]).toEqual([[], false, alice.told, back.told]);
    expect(back.told.map(({ type }) => type)).not.toContain('producerClosed');
  });

  test('what it publishes no more ends in time; what is muted stays without media', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    const [kept, given, muted] = [await alice.sends(), await alice.sends(), await alice.sends()];
    const back = await again(alice);
    await takesUp(back, kept.id, true);
    await back.peer.takeUp(muted.id, { ...audio, paused: true });
    expect([kept.paused, kept.pending, muted.paused, muted.pending]).toEqual([true, false, true, true]);
    await stage.clock.pass(14_999);
    expect(bob.types('producerClosed')).toEqual([]);
    await stage.clock.pass(1);
    expect(bob.types('producerClosed')).toEqual([
      { type: 'producerClosed', producerId: given.id, peerId: 'alice' },
    ]);
    // Its device is open again.
    await back.carriesOn(muted.id);
    expect(muted.pending).toBe(false);
  });

  test('time begins anew with each time that it comes', async () => {
    const alice = await join('alice');
    await join('bob');
    const producer = await alice.sends();
    const first = await again(alice);
    await stage.clock.pass(10_000);
    const second = await again(alice);
    expect([first.ended, second.peer]).toEqual(['PEER_REPLACED', alice.peer]);
    await stage.clock.pass(10_000);
    expect(producer.closed).toBe(false);
    await stage.clock.pass(5000);
    expect(producer.closed).toBe(true);
  });

  test('a publication that is refused once may be tried again', async () => {
    const alice = await join('alice');
    const producer = await alice.sends();
    const back = await again(alice);
    await expect(back.peer.takeUp(producer.id, { kind: 'audio' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    expect(await takesUp(back, producer.id)).toBe(producer);
    expect(back.peer.takeUp(producer.id, audio)).toBeUndefined();
  });

  test('what its former self had asked for comes to nothing', async () => {
    const alice = await join('alice');
    const make = stage.media().createTransport.bind(stage.media());
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    stage.media().createTransport = (options) => answered.then(() => make(options));
    const transport = alice.peer.createTransport({ direction: 'send' });
    const back = await again(alice);
    answer();
    await expect(transport).rejects.toMatchObject({ code: 'NOT_JOINED' });
    expect(back.peer.transports.size).toBe(0);
  });

  test('publications go on from browser to browser too', async () => {
    const auto = { topology: 'auto' } as const;
    const [alice, bob] = [await join('alice', auto), await join('bob', auto)];
    const [kept, given] = [await alice.announces(), await alice.announces()];
    const before = bob.told.length;
    const back = await again(alice, auto);
    expect(back.peer).toBe(alice.peer);
    expect(await back.peer.takeUp(kept.id, audio)).toBe(kept);
    expect(bob.told.slice(before)).toEqual([{ type: 'peerReturned', peerId: 'alice' }]);
    await stage.clock.pass(15_000);
    expect([kept.closed, given.closed]).toEqual([false, true]);
  });

  test('a change of the way of media does not wait for its former self', async () => {
    const auto = { topology: 'auto' } as const;
    const [alice, bob] = [await join('alice', auto), await join('bob', auto)];
    await join('carol', auto);
    bob.ready();
    const back = await again(alice, auto);
    expect([back.firstPath, bob.paths.at(-1)]).toEqual([2, 'settled 2']);
    expect(back.peer).toBe(alice.peer);
  });
});

describe('another peer takes its place', () => {
  const others: [string, Partial<JoinOptions>, Partial<JoinOptions>][] = [
    ['who follows no paths', { topology: 'sfu' }, { topology: 'sfu' }],
    ['under another name', pinned, { ...pinned, displayName: 'Alicia' }],
    ['with other rights', pinned, { ...pinned, grants: { moderate: true } }],
    ['who carries media otherwise', pinned, { topology: 'auto' }],
  ];
  test.each(others)('%s', async (_who, how, later) => {
    const alice = await join('alice', how);
    const bob = await join('bob');
    const back = await again(alice, later);
    expect(back.peer).not.toBe(alice.peer);
    expect(bob.types('peerLeft', 'peerJoined', 'peerReturned')).toMatchObject([
      { type: 'peerLeft', reason: 'replaced' },
      { type: 'peerJoined' },
    ]);
  });

  test('by the user’s right alone, without the token', async () => {
    const alice = await join('alice', { ...pinned, userId: 'alice' });
    const back = await join('alice', { ...pinned, userId: 'alice' });
    expect(back.peer).not.toBe(alice.peer);
  });

  test('where somebody would not understand that it has to be connected to anew', async () => {
    const direct = { topology: 'p2p', paths: true } as const;
    const alice = await join('alice', direct);
    await join('old', { topology: 'p2p' });
    expect((await again(alice, direct)).peer).not.toBe(alice.peer);
  });
});
