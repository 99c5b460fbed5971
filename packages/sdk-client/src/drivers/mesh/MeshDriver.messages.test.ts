import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoomOptions } from '../../options.js';
import { Room } from '../../Room.js';
import { URL } from '../../test/kit.js';
import { FakeMediaStreamTrack, FakePlatform, MemoryServer, FakeDataChannel } from '../../testing/index.js';
import { meshDriver } from './MeshDriver.js';

type Heard = [by: string, payload: unknown, from: string | undefined, topic: string];

/** Pages of one network, in a room of one server. Whoever publishes has a connection to everybody. */
function setup() {
  const server = new MemoryServer();
  const platform = new FakePlatform();
  const heard: Heard[] = [];
  const join = async (peerId: string, options: RoomOptions = {}) => {
    const room = new Room({ peerId, platform, channel: server.channel, driver: meshDriver, ...options });
    room.on('dataReceived', (payload, from, topic) => heard.push([peerId, payload, from?.identity, topic]));
    await room.connect(URL, undefined, { room: 'r' });
    return room;
  };
  const quiet = async () => {
    for (let turn = 0; turn < 60; turn++) await platform.clock.advance(0);
  };
  const publish = async (room: Room) => {
    await room.localParticipant.publishTrack(new FakeMediaStreamTrack({ kind: 'audio' }), {
      source: 'microphone',
    });
    await quiet();
  };
  /** What may be lost; and what of it the server got to see. */
  const say = async ({ localParticipant }: Room, payload: unknown, to?: string | string[]) => {
    await localParticipant.sendMessage(payload, { topic: 't', reliable: false, ...(to && { to }) });
    await quiet();
    return heard.splice(0);
  };
  const relayed = () =>
    server.rooms
      .get('r')
      ?.log.splice(0)
      .filter(({ method }) => method === 'sendMessage').length;
  const channels = (): FakeDataChannel[] =>
    platform.network.open.flatMap(({ channels: byId }) => [...byId.values()]);
  return { server, platform, join, quiet, publish, say, heard, relayed, channels };
}

/** Two who are connected. */
async function pair() {
  const stage = setup();
  const [alice, bob] = [await stage.join('alice'), await stage.join('bob')];
  await stage.publish(bob);
  stage.relayed();
  return { ...stage, alice, bob };
}

describe('messages that may be lost', () => {
  it('go from browser to browser both ways, over one channel a pair that nobody negotiates', async () => {
    const { alice, bob, say, relayed, channels } = await pair();
    expect(channels().map(({ label, init }) => [label, init])).toEqual(
      [0, 1].map(() => ['parlor', { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 }]),
    );
    expect(await say(alice, { x: 1 })).toEqual([['bob', { x: 1 }, 'alice', 't']]);
    expect(await say(bob, [2], 'alice')).toEqual([['alice', [2], 'bob', 't']]);
    expect(relayed()).toBe(0);
  });

  it('go by signalling to those who are not connected, and make no connection', async () => {
    const { platform, join, say, relayed } = setup();
    const [alice] = [await join('alice'), await join('bob')];
    expect(await say(alice, 'hi')).toEqual([['bob', 'hi', 'alice', 't']]);
    expect(relayed()).toBe(1);
    expect(platform.network.open).toHaveLength(0);
  });

  it('go by signalling to all when one of them is not connected, and straight to those who are', async () => {
    const { join, publish, say, relayed } = setup();
    const [alice, bob] = [await join('alice'), await join('bob'), await join('carol')];
    await publish(bob);
    relayed();
    expect((await say(alice, 1)).map(([by]) => by).sort()).toEqual(['bob', 'carol']);
    expect(relayed()).toBe(1);
    expect((await say(alice, 2, 'bob')).map(([by]) => by)).toEqual(['bob']);
    expect((await say(bob, 3, ['carol', 'alice', 'carol'])).map(([by]) => by).sort()).toEqual([
      'alice',
      'carol',
    ]);
    expect(relayed()).toBe(0);
  });

  it('are the server’s to answer when nobody is there to take them', async () => {
    const { alice, say, relayed } = await pair();
    expect(await say(alice, 1, 'nobody')).toEqual([]);
    expect(await say(alice, 1, 'alice')).toEqual([]);
    expect(await say(alice, 1, [])).toEqual([]);
    expect(relayed()).toBe(3);
  });

  it('do not change those that are reliable: they go by signalling', async () => {
    const { alice, heard, quiet, relayed } = await pair();
    await alice.localParticipant.sendMessage('a');
    await alice.localParticipant.publishData('b', { reliable: true });
    await quiet();
    expect(heard.map(([, payload]) => payload)).toEqual(['a', 'b']);
    expect(relayed()).toBe(2);
  });

  it('go by signalling while the pair is being repaired, and straight again over its new connection', async () => {
    const { alice, platform, say, relayed, quiet } = await pair();
    platform.network.cut('failed');
    expect(await say(alice, 1)).toHaveLength(1);
    expect(relayed()).toBe(1);
    platform.network.mend();
    for (let second = 0; second < 60; second++) await platform.clock.advance(1000);
    await quiet();
    relayed();
    expect(await say(alice, 2)).toEqual([['bob', 2, 'alice', 't']]);
    expect(relayed()).toBe(0);
  });

  it('go by signalling to who has no such channel, open as it may seem', async () => {
    const { platform, join, publish, say, relayed, channels } = setup();
    const older = new FakePlatform();
    const createPeerConnection = (configuration: RTCConfiguration) => {
      const connection = platform.network.create(configuration);
      connection.createDataChannel = (label, init) => new FakeDataChannel(label, init, () => undefined);
      return connection;
    };
    const [alice, bob] = [
      await join('alice'),
      await join('bob', { platform: { ...older, createPeerConnection } }),
    ];
    await publish(bob);
    relayed();
    expect(channels().map(({ readyState }) => readyState)).toEqual(['open']);
    expect(await say(alice, 1)).toEqual([['bob', 1, 'alice', 't']]);
    expect(relayed()).toBe(1);
  });

  it('go by signalling when they are larger than the other side takes', async () => {
    const { alice, platform, say, relayed } = await pair();
    for (const connection of platform.network.open) connection.sctp = { maxMessageSize: 1000 };
    expect(await say(alice, 'x'.repeat(900))).toHaveLength(1);
    expect(relayed()).toBe(0);
    // Bytes, not letters.
    expect(await say(alice, 'é'.repeat(900))).toHaveLength(1);
    expect(relayed()).toBe(1);
  });

  it('are dropped while too much waits to go out', async () => {
    const { alice, channels, say, relayed } = await pair();
    for (const channel of channels()) channel.bufferedAmount = 70_000;
    expect(await say(alice, 'late')).toEqual([]);
    for (const channel of channels()) channel.bufferedAmount = 0;
    expect(await say(alice, 'now')).toHaveLength(1);
    expect(relayed()).toBe(0);
  });

  it('are dropped when the browser’s buffer is full', async () => {
    const { alice, channels, say } = await pair();
    for (const channel of channels())
      channel.send = () => {
        throw new DOMException('full', 'OperationError');
      };
    expect(await say(alice, 'late')).toEqual([]);
  });

  it('fail as others do when they are no JSON', async () => {
    const { alice } = await pair();
    const circle: Record<string, unknown> = {};
    circle['circle'] = circle;
    for (const reliable of [true, false])
      await expect(alice.localParticipant.sendMessage(circle, { reliable })).rejects.toThrow(TypeError);
  });

  it('may not be sent without the right, and from who does nevertheless nobody takes them', async () => {
    const { server, platform, join, publish, say, relayed, heard, quiet } = setup();
    server.silent.add('alice').add('carol');
    const alice = await join('alice');
    const bob = await join('bob');
    await join('carol');
    await publish(bob);
    relayed();
    await expect(say(alice, 1)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    // Those who were there before and those who came after are known.
    for (const connection of platform.network.open)
      connection.channels.get(0)?.send(JSON.stringify({ topic: 'forged', payload: 1 }));
    await quiet();
    expect(new Set(heard.splice(0).map(([, , from]) => from))).toEqual(new Set(['bob']));
    // To receive them is no right of its own.
    expect((await say(bob, 2)).map(([by]) => by).sort()).toEqual(['alice', 'carol']);
  });

  it('arrive after anything that somebody sends', async () => {
    const { alice, bob, channels, say } = await pair();
    const states = [alice.state, bob.state];
    const anything = fc.oneof(
      fc.json(),
      fc.string(),
      fc.uint8Array(),
      fc.constantFrom('?', '!', 'null', '[]'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { maxLength: 20 }), async (all) => {
        for (const data of all) for (const channel of channels()) channel.receive(data);
        expect((await say(alice, 'after')).filter(([, payload]) => payload === 'after')).toHaveLength(1);
      }),
      { numRuns: 50 },
    );
    expect([alice.state, bob.state]).toEqual(states);
  });
});
