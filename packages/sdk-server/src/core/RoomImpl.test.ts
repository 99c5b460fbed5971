import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeBackend } from '../media/fake/FakeBackend.js';
import { silentLogger } from '../logger.js';
import { ParlorError } from '../errors.js';
import { sampleAudio, sampleDtls, sampleVideo } from '../testing/rtpSamples.js';
import { DEFAULT_LIMITS, type CoreContext } from './context.js';
import { Pacer } from './Pacer.js';
import type { PeerImpl } from './PeerImpl.js';
import type { LinkEnd, PeerLink } from './ports.js';
import { RoomRegistry } from './RoomRegistry.js';
import type { Hooks, JoinOptions, Limits } from './types.js';
import type { RoomUpdate } from './updates.js';

class RecordingLink implements PeerLink {
  readonly dialect = 'test';
  readonly updates: RoomUpdate[] = [];
  ended: LinkEnd | undefined;
  send(update: RoomUpdate): void {
    this.updates.push(update);
  }
  end(end: LinkEnd): void {
    this.ended = end;
  }
  get types(): string[] {
    return this.updates.map(({ type }) => type);
  }
}

let backend: FakeBackend;
let secrets: number;

function createRooms(options: { hooks?: Hooks; limits?: Partial<Limits> } = {}): RoomRegistry {
  const context: CoreContext = {
    backend,
    hooks: options.hooks ?? {},
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    logger: silentLogger,
    pacer: new Pacer(),
    newSecret: () => `secret-${String((secrets += 1))}`,
    iceServers: () => [],
  };
  return new RoomRegistry(context);
}

async function enter(rooms: RoomRegistry, peerId: string, options: Partial<JoinOptions> = {}) {
  const link = new RecordingLink();
  const peer = await rooms.join('room', { peerId, link, ...options });
  return { peer, link };
}

async function withTransports(peer: PeerImpl) {
  const [send, recv] = await Promise.all([
    peer.createTransport({ direction: 'send' }),
    peer.createTransport({ direction: 'recv' }),
  ]);
  peer.setRtpCapabilities(peer.room.rtpCapabilities);
  return { send, recv };
}

const audio = () => ({
  kind: 'audio' as const,
  rtpParameters: sampleAudio(),
  appData: { source: 'microphone' },
});
const video = () => ({ kind: 'video' as const, rtpParameters: sampleVideo(), appData: { source: 'camera' } });

beforeEach(() => {
  backend = new FakeBackend();
  secrets = 0;
});

describe('joining', () => {
  test('the first peer opens the room, the last one closes it, and nothing of it stays', async () => {
    const rooms = createRooms();
    const { peer: alice } = await enter(rooms, 'alice');
    const { peer: bob } = await enter(rooms, 'bob');
    expect(rooms.size).toBe(1);
    const closed = vi.fn();
    rooms.on('closed', closed);
    alice.leave();
    expect(rooms.size).toBe(1);
    bob.leave();
    expect(rooms.size).toBe(0);
    expect(backend.rooms.size).toBe(0);
    expect(closed).toHaveBeenCalledTimes(1);
  });

  test('everybody else hears of a newcomer once, and the snapshot has everybody', async () => {
    const rooms = createRooms();
    const { link: alice } = await enter(rooms, 'alice');
    const { peer, link: bob } = await enter(rooms, 'bob', { displayName: 'Bob' });
    expect(alice.updates).toEqual([
      { type: 'peerJoined', peer: { id: 'bob', displayName: 'Bob' }, canWait: true },
    ]);
    expect(bob.updates).toEqual([]);
    expect(peer.room.snapshot.peers).toEqual([
      { id: 'alice', displayName: 'alice' },
      { id: 'bob', displayName: 'Bob' },
    ]);
  });

  test('everybody is told who has no right to send messages: some never pass the server', async () => {
    const rooms = createRooms();
    const { link } = await enter(rooms, 'alice');
    const { peer } = await enter(rooms, 'bob', { grants: { data: false } });
    const bob = { id: 'bob', displayName: 'bob', data: false };
    expect(link.updates).toEqual([{ type: 'peerJoined', peer: bob, canWait: true }]);
    expect(peer.room.snapshot.peers).toEqual([{ id: 'alice', displayName: 'alice' }, bob]);
  });

  test('two that join at the same time meet in one room', async () => {
    const rooms = createRooms();
    const [a, b] = await Promise.all([enter(rooms, 'a'), enter(rooms, 'b')]);
    expect(a.peer.room).toBe(b.peer.room);
    expect(backend.rooms.size).toBe(1);
  });

  test('a taken peer id is refused, but not to the same client or user', async () => {
    const rooms = createRooms();
    const { peer, link } = await enter(rooms, 'alice', { userId: 'user-1' });
    await expect(enter(rooms, 'alice')).rejects.toMatchObject({ code: 'PEER_ID_TAKEN' });
    await expect(enter(rooms, 'alice', { resumeToken: 'guess' })).rejects.toMatchObject({
      code: 'PEER_ID_TAKEN',
    });
    const again = await enter(rooms, 'alice', { resumeToken: peer.resumeToken, userId: 'user-1' });
    expect(link.ended?.code).toBe('PEER_REPLACED');
    expect(again.peer.room).toBe(peer.room);
    await enter(rooms, 'alice', { userId: 'user-1' });
    expect(again.link.ended?.code).toBe('PEER_REPLACED');
    expect(peer.room.peers.size).toBe(1);
  });

  test('onJoin refuses with its words; a bug in it tells nothing', async () => {
    const onJoin = vi.fn().mockRejectedValueOnce(new Error('the meeting is over'));
    const rooms = createRooms({ hooks: { onJoin } });
    await expect(enter(rooms, 'alice')).rejects.toMatchObject({
      code: 'JOIN_REFUSED',
      message: 'the meeting is over',
    });
    expect(rooms.size).toBe(0);
    onJoin.mockRejectedValueOnce(new TypeError('x is undefined'));
    await expect(enter(rooms, 'alice')).rejects.toBeInstanceOf(TypeError);
    onJoin.mockRejectedValueOnce(new ParlorError('ROOM_CLOSED', 'closed for tonight'));
    await expect(enter(rooms, 'alice')).rejects.toMatchObject({ code: 'ROOM_CLOSED' });
    await enter(rooms, 'alice');
  });

  test('a room that closes while a newcomer is being asked about is opened anew for it', async () => {
    let admit = (): void => undefined;
    const gate = new Promise<void>((resolve) => (admit = resolve));
    const onJoin = vi.fn(({ peerId }: { peerId: string }) => (peerId === 'bob' ? gate : undefined));
    const rooms = createRooms({ hooks: { onJoin } });
    const { peer: alice } = await enter(rooms, 'alice');
    const bob = enter(rooms, 'bob');
    await vi.waitFor(() => {
      expect(onJoin).toHaveBeenCalledTimes(2);
    });
    alice.leave();
    admit();
    const { peer } = await bob;
    expect(peer.room).not.toBe(alice.room);
    expect(peer.room.closed).toBe(false);
    expect(rooms.get('room')).toBe(peer.room);
  });

  test('can.create is needed to open a room, not to enter one', async () => {
    const rooms = createRooms();
    const grants = { create: false };
    await expect(enter(rooms, 'guest', { grants })).rejects.toMatchObject({ code: 'ROOM_NOT_FOUND' });
    await enter(rooms, 'host');
    await enter(rooms, 'guest', { grants });
  });

  test('limits hold', async () => {
    const rooms = createRooms({ limits: { maxPeersPerRoom: 1, maxRooms: 1 } });
    await enter(rooms, 'alice');
    await expect(enter(rooms, 'bob')).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    await expect(rooms.join('other', { peerId: 'bob' })).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
  });

  test('a room that the host application keeps outlives its peers', async () => {
    const rooms = createRooms();
    const room = await rooms.open('room', { keepWhenEmpty: true });
    const { peer } = await enter(rooms, 'alice');
    peer.leave();
    expect(rooms.get('room')).toBe(room);
    room.close();
    expect(rooms.size).toBe(0);
  });
});

describe('publishing and subscribing', () => {
  test('a producer is announced to the others, after its peer', async () => {
    const rooms = createRooms();
    const { link: alice } = await enter(rooms, 'alice');
    const { peer: bob, link } = await enter(rooms, 'bob');
    await withTransports(bob);
    const producer = await bob.produce(audio());
    expect(alice.updates.at(-1)).toEqual({
      type: 'newProducer',
      producer: {
        producerId: producer.id,
        peerId: 'bob',
        kind: 'audio',
        appData: { source: 'microphone' },
        paused: false,
      },
    });
    expect(alice.types).toEqual(['peerJoined', 'newProducer']);
    expect(link.updates).toEqual([]);
    expect(bob.room.snapshot.producers).toHaveLength(1);
  });

  test('needs a send transport, a grant and the word of the host application', async () => {
    const onPublish = vi.fn().mockRejectedValueOnce(new Error('listeners do not speak'));
    const rooms = createRooms({ hooks: { onPublish } });
    const { peer } = await enter(rooms, 'alice', { grants: { publish: ['audio', 'video'] } });
    await expect(peer.produce(audio())).rejects.toMatchObject({ code: 'TRANSPORT_NOT_FOUND' });
    await withTransports(peer);
    await expect(peer.produce(audio())).rejects.toMatchObject({
      code: 'PUBLISH_REFUSED',
      message: 'listeners do not speak',
    });
    await expect(peer.produce({ ...video(), appData: { source: 'screen' } })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(peer.produce({ ...video(), kind: 'audio' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_MEDIA',
    });
    await peer.produce(audio());
    expect(onPublish).toHaveBeenCalledTimes(2);
  });

  test('consumers run from the start; those of video wait once both paths are up', async () => {
    const rooms = createRooms();
    const { peer: alice } = await enter(rooms, 'alice');
    const { peer: bob } = await enter(rooms, 'bob');
    const { send } = await withTransports(alice);
    const { recv } = await withTransports(bob);
    const [early, coming, late] = [
      await alice.produce(video()),
      await alice.produce(video()),
      await alice.produce(video()),
    ];
    const sound = await alice.produce(audio());
    expect(await bob.subscribe([early.id])).toMatchObject([{ consumer: { paused: false } }]);
    await recv.connect(sampleDtls());
    expect(await bob.subscribe([coming.id])).toMatchObject([{ consumer: { paused: false } }]);
    await send.connect(sampleDtls());
    const later = await bob.subscribe([late.id, sound.id]);
    expect(later).toMatchObject([{ consumer: { paused: true } }, { consumer: { paused: false } }]);
    await expect(recv.connect(sampleDtls())).rejects.toMatchObject({ code: 'ALREADY_CONNECTED' });
  });

  test('what fails in a batch is its own result; asking twice gives the same consumer', async () => {
    const rooms = createRooms();
    const { peer: alice } = await enter(rooms, 'alice');
    const { peer: bob } = await enter(rooms, 'bob');
    await withTransports(alice);
    await withTransports(bob);
    const producer = await alice.produce(audio());
    const own = await bob.produce(audio());
    const [good, gone, mine] = await bob.subscribe([producer.id, 'nobody', own.id]);
    expect(good).toHaveProperty('consumer');
    expect(gone).toMatchObject({ error: { code: 'PRODUCER_NOT_FOUND' } });
    expect(mine).toMatchObject({ error: { code: 'PRODUCER_NOT_FOUND' } });
    const again = await Promise.all([bob.subscribe([producer.id]), bob.subscribe([producer.id])]);
    expect(again.flat()).toEqual([good, good]);
    expect(bob.consumers.size).toBe(1);
  });

  test('subscribing needs the grant, a transport and capabilities', async () => {
    const rooms = createRooms();
    const { peer: deaf } = await enter(rooms, 'deaf', { grants: { subscribe: false } });
    await expect(deaf.subscribe(['x'])).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const { peer } = await enter(rooms, 'alice');
    await expect(peer.subscribe(['x'])).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    peer.setRtpCapabilities(peer.room.rtpCapabilities);
    await expect(peer.subscribe(['x'])).rejects.toMatchObject({ code: 'TRANSPORT_NOT_FOUND' });
  });

  test('a mute reaches each peer once: of the consumer who has one, of the producer otherwise', async () => {
    const rooms = createRooms();
    const { peer: alice, link: aliceLink } = await enter(rooms, 'alice');
    const { peer: bob, link: bobLink } = await enter(rooms, 'bob');
    const { link: carolLink } = await enter(rooms, 'carol');
    await withTransports(alice);
    await withTransports(bob);
    const producer = await alice.produce(audio());
    await bob.subscribe([producer.id]);
    for (const link of [aliceLink, bobLink, carolLink]) link.updates.length = 0;
    await producer.setPausedByOwner(true);
    await producer.setPausedByOwner(true);
    expect(bobLink.types).toEqual(['consumerPaused']);
    expect(carolLink.types).toEqual(['producerPaused']);
    expect(aliceLink.types).toEqual([]);
    await producer.resume();
    expect(bobLink.types).toEqual(['consumerPaused', 'consumerResumed']);
    expect(aliceLink.types).toEqual(['producerResumed']);
  });
});

describe('leaving', () => {
  test('others hear of the closed producers and then of the peer, one message each', async () => {
    const rooms = createRooms();
    const { peer: alice } = await enter(rooms, 'alice');
    const { peer: bob, link } = await enter(rooms, 'bob');
    await withTransports(alice);
    await withTransports(bob);
    const producers = [await alice.produce(audio()), await alice.produce(video())];
    await bob.subscribe(producers.map(({ id }) => id));
    link.updates.length = 0;
    alice.leave('disconnected');
    expect(link.types).toEqual(['producerClosed', 'producerClosed', 'peerLeft']);
    expect(link.updates.at(-1)).toEqual({ type: 'peerLeft', peerId: 'alice', reason: 'disconnected' });
    expect(bob.consumers.size).toBe(0);
    expect(bob.consumersByProducer.size).toBe(0);
    expect(alice.room.producers.size).toBe(0);
  });

  test('whoever leaves during an await leaves nothing behind', async () => {
    const rooms = createRooms();
    const { peer: alice } = await enter(rooms, 'alice');
    const { peer: bob } = await enter(rooms, 'bob');
    await withTransports(alice);
    await withTransports(bob);
    const producer = await alice.produce(audio());
    const subscribing = bob.subscribe([producer.id]);
    const others = Promise.allSettled([bob.produce(video()), bob.createTransport({ direction: 'recv' })]);
    bob.leave();
    expect((await subscribing)[0]).toMatchObject({ error: { code: 'NOT_JOINED' } });
    for (const result of await others)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'NOT_JOINED' } });
    expect(producer.consumers.size).toBe(0);
    expect(alice.room.producers.size).toBe(1);
    expect(backend.rooms.get('room')?.transports.size).toBe(2);
  });

  test('the host application removes a peer: its client hears why', async () => {
    const rooms = createRooms();
    const { peer, link } = await enter(rooms, 'alice');
    const { link: bob } = await enter(rooms, 'bob');
    peer.remove('language, please');
    peer.remove();
    expect(link.ended).toEqual({ code: 'PEER_REMOVED', message: 'language, please' });
    expect(bob.updates.at(-1)).toEqual({ type: 'peerLeft', peerId: 'alice', reason: 'removed' });
    expect(() => {
      peer.sendMessage('chat', 'still here');
    }).toThrow(expect.objectContaining({ code: 'NOT_JOINED' }));
  });

  test('closing a room ends every link, once', async () => {
    const rooms = createRooms();
    const { peer, link } = await enter(rooms, 'alice');
    const closed = vi.fn();
    peer.room.on('closed', closed);
    peer.room.close();
    peer.room.close();
    expect(link.types).toEqual(['roomClosed']);
    expect(link.ended?.code).toBe('ROOM_CLOSED');
    expect(closed).toHaveBeenCalledExactlyOnceWith('closed');
    expect(rooms.size).toBe(0);
  });

  test('a dead worker closes its rooms, and the next join opens a new one', async () => {
    const rooms = createRooms();
    const { peer, link } = await enter(rooms, 'alice');
    backend.rooms.get('room')?.emit('died');
    expect(link.updates.at(-1)).toEqual({ type: 'roomClosed', reason: 'mediaServerDied' });
    expect(link.ended?.code).toBe('MEDIA_SERVER_DIED');
    const again = await enter(rooms, 'alice');
    expect(again.peer.room).not.toBe(peer.room);
  });

  test('a transport that dies takes its producers along and its owner hears of it', async () => {
    const rooms = createRooms();
    const { peer: alice, link } = await enter(rooms, 'alice');
    const { send } = await withTransports(alice);
    const producer = await alice.produce(audio());
    for (const transport of backend.rooms.get('room')?.transports ?? []) transport.emit('closed');
    expect(producer.closed).toBe(true);
    expect(alice.transports.size).toBe(0);
    expect(link.updates).toContainEqual({ type: 'transportClosed', transportId: send.id });
  });

  test('after the server closes nobody gets in', async () => {
    const rooms = createRooms();
    const { link } = await enter(rooms, 'alice');
    rooms.close('serverClosing');
    expect(link.ended?.code).toBe('SERVER_CLOSING');
    await expect(enter(rooms, 'bob')).rejects.toMatchObject({ code: 'SERVER_CLOSING' });
  });
});

describe('messages and speakers', () => {
  test('reach everybody else, or those named; nobody when one of them is not there', async () => {
    const rooms = createRooms();
    const { peer: alice, link: a } = await enter(rooms, 'alice');
    const { link: b } = await enter(rooms, 'bob');
    const { link: c } = await enter(rooms, 'carol');
    for (const link of [a, b, c]) link.updates.length = 0;
    alice.sendMessage('chat', { text: 'hello' });
    alice.sendMessage('chat', 'for bob', ['bob', 'bob']);
    expect(() => {
      alice.sendMessage('chat', 'x', ['bob', 'nobody']);
    }).toThrow(expect.objectContaining({ code: 'PEER_NOT_FOUND' }));
    alice.room.sendMessage('notice', 'from the host');
    expect(a.types).toEqual(['message']);
    expect(b.updates.map((update) => update.type === 'message' && update.payload)).toEqual([
      { text: 'hello' },
      'for bob',
      'from the host',
    ]);
    expect(c.updates).toHaveLength(2);
  });

  test('a listener of the host application that throws disturbs nobody', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const rooms = createRooms();
    const { peer, link } = await enter(rooms, 'alice');
    peer.room.on('peerJoined', () => {
      throw new Error('listener');
    });
    await enter(rooms, 'bob');
    expect(link.types).toEqual(['peerJoined']);
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
  });

  test('speakers are told when they change, not when their level does', async () => {
    const rooms = createRooms();
    const { peer, link } = await enter(rooms, 'alice');
    await withTransports(peer);
    const { id: producerId } = await peer.produce(audio());
    const media = backend.rooms.get('room');
    media?.emit('activeSpeakers', []);
    media?.emit('activeSpeakers', [{ producerId, level: 0.5 }]);
    media?.emit('activeSpeakers', [{ producerId, level: 0.7 }]);
    media?.emit('activeSpeakers', []);
    expect(link.updates.filter(({ type }) => type === 'activeSpeakers')).toEqual([
      { type: 'activeSpeakers', speakers: [{ peerId: 'alice', level: 0.5 }] },
      { type: 'activeSpeakers', speakers: [] },
    ]);
  });
});
