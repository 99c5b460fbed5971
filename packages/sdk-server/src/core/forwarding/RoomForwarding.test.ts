import { beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../logger.js';
import { FakeBackend } from '../../media/fake/FakeBackend.js';
import { sampleAudio, sampleVideo } from '../../testing/rtpSamples.js';
import { DEFAULT_LIMITS } from '../context.js';
import { Pacer } from '../Pacer.js';
import type { PeerImpl } from '../PeerImpl.js';
import { RoomRegistry } from '../RoomRegistry.js';
import type { OpenOptions } from '../types.js';
import type { RoomUpdate } from '../updates.js';

const PEERS = ['alice', 'bob', 'carol', 'dave'] as const;
type Name = (typeof PEERS)[number];

let now = 0;
let backend: FakeBackend;
let rooms: RoomRegistry;
const told = new Map<string, RoomUpdate[]>();

beforeEach(() => {
  now = 0;
  told.clear();
  backend = new FakeBackend();
  rooms = new RoomRegistry({
    backend,
    hooks: {},
    limits: DEFAULT_LIMITS,
    logger: silentLogger,
    pacer: new Pacer(),
    newSecret: () => 'secret',
    iceServers: () => [],
    now: () => now,
  });
});

/** All that is due in this turn is done, and what the media server was asked for. */
async function settled(): Promise<void> {
  const isBusy = () =>
    [...(rooms.get('room')?.peers.values() ?? [])].some(({ pending }) => pending.consumers > 0);
  do await new Promise((resolve) => setImmediate(resolve));
  while (isBusy());
  await new Promise((resolve) => setImmediate(resolve));
}

async function join(peerId: string, { lazy = false } = {}): Promise<PeerImpl> {
  const heard: RoomUpdate[] = [];
  told.set(peerId, heard);
  const link = { dialect: 'test', send: (update: RoomUpdate) => heard.push(update), end: () => undefined };
  const peer = await rooms.join('room', { peerId, link });
  peer.forwarding.isLazy = lazy;
  await peer.createTransport({ direction: 'both' });
  return peer;
}

const publish = (peer: PeerImpl, source: 'camera' | 'microphone' | 'screen') =>
  peer.produce(
    source === 'microphone'
      ? { id: `${source} of ${peer.id}`, kind: 'audio', rtpParameters: sampleAudio(), appData: { source } }
      : { id: `${source} of ${peer.id}`, kind: 'video', rtpParameters: sampleVideo(), appData: { source } },
  );

/** Everybody sends camera and microphone; the watcher receives all of it. */
async function watched(options: OpenOptions, watcher: { lazy?: boolean } = {}) {
  await rooms.open('room', { keepWhenEmpty: true, topology: 'sfu', ...options });
  const peers = new Map<Name, PeerImpl>();
  for (const name of PEERS) {
    const peer = await join(name);
    peers.set(name, peer);
    await publish(peer, 'camera');
    await publish(peer, 'microphone');
  }
  const wendy = await join('wendy', watcher);
  const all = [...wendy.room.producers.keys()];
  await wendy.subscribe(all, { rtpCapabilities: wendy.room.rtpCapabilities, follow: true });
  await settled();
  return { wendy, of: (name: Name) => peers.get(name) ?? expect.fail(name) };
}

/** Whose media of this kind flows to her. */
const flowing = (peer: PeerImpl, source: string): string[] =>
  [...peer.consumers.values()]
    .filter(({ producer, forwarding }) => producer.appData['source'] === source && forwarding.active)
    .map(({ producer }) => producer.peer.id)
    .sort();

/** So loud for so many reports, one after the other. */
async function speaks(who: Name, { reports = 4, level = 0.2 } = {}): Promise<void> {
  for (let report = 0; report < reports; report += 1) {
    now += 400;
    backend.rooms.get('room')?.emit('activeSpeakers', [{ producerId: `microphone of ${who}`, level }]);
  }
  await settled();
}

const words = (name: string, type: RoomUpdate['type']) =>
  (told.get(name) ?? []).filter((update) => update.type === type);

/** What the media server was asked for is what the room wants. */
function assertObeyed(peer: PeerImpl): void {
  for (const transport of backend.rooms.get('room')?.transports ?? [])
    for (const media of transport.consumers) {
      const consumer = peer.consumers.get(media.id);
      if (consumer) expect(media.paused).toBe(!consumer.isWanted);
    }
}

describe('a room that forwards the last two videos', () => {
  test('holds the others: in the order in which they came, then of who speaks', async () => {
    const { wendy } = await watched({ lastN: 2 });
    expect(flowing(wendy, 'camera')).toEqual(['alice', 'bob']);
    expect(wendy.consumers.size).toBe(8);
    await speaks('dave');
    expect(flowing(wendy, 'camera')).toEqual(['alice', 'dave']);
    expect(words('wendy', 'consumerPaused')).toMatchObject([
      { producerId: 'camera of bob', reason: 'lastN' },
    ]);
    expect(words('wendy', 'consumerResumed')).toMatchObject([
      { producerId: 'camera of dave', reason: 'lastN' },
    ]);
    await speaks('carol');
    expect(flowing(wendy, 'camera')).toEqual(['carol', 'dave']);
    assertObeyed(wendy);
    const [held] = [...wendy.consumers.values()].filter(({ producer }) => producer.id === 'camera of bob');
    expect(held?.forwarding).toMatchObject({ active: false, reason: 'lastN' });
    // Sound has no part in it, and a cough moves nobody.
    expect(flowing(wendy, 'microphone')).toHaveLength(4);
    await speaks('bob', { reports: 1 });
    expect(flowing(wendy, 'camera')).toEqual(['carol', 'dave']);
  });

  test('gives the place of who leaves, turns the camera off or is not looked at to the next', async () => {
    const { wendy, of } = await watched({ lastN: 2 });
    of('alice').leave();
    await settled();
    expect(flowing(wendy, 'camera')).toEqual(['bob', 'carol']);
    await of('bob').producers.get('camera of bob')?.pause();
    await settled();
    expect(flowing(wendy, 'camera')).toEqual(['carol', 'dave']);
    await of('bob').producers.get('camera of bob')?.resume();
    await settled();
    expect(flowing(wendy, 'camera')).toEqual(['bob', 'carol']);
    const bobs = wendy.consumersByProducer.get('camera of bob');
    await bobs?.pause();
    await settled();
    expect(flowing(wendy, 'camera')).toEqual(['carol', 'dave']);
    expect(bobs?.forwarding.reason).toBe('pausedByClient');
    await bobs?.resume();
    await settled();
    expect(flowing(wendy, 'camera')).toEqual(['bob', 'carol']);
    assertObeyed(wendy);
  });

  test('counts no screens', async () => {
    const { wendy, of } = await watched({ lastN: 2 });
    await publish(of('dave'), 'screen');
    await settled();
    expect(flowing(wendy, 'screen')).toEqual(['dave']);
    expect(flowing(wendy, 'camera')).toEqual(['alice', 'bob']);
  });

  test('lets a peer pin some and ask for fewer, and for no more than there are', async () => {
    const { wendy } = await watched({ lastN: 2 });
    wendy.setForwarding({ pinned: ['camera of dave', 'camera of nobody'] });
    await settled();
    expect(flowing(wendy, 'camera')).toEqual(['alice', 'dave']);
    await speaks('carol');
    expect(flowing(wendy, 'camera')).toEqual(['carol', 'dave']);
    wendy.setForwarding({ lastN: 1, pinned: ['camera of dave'] });
    await settled();
    expect(flowing(wendy, 'camera')).toEqual(['dave']);
    wendy.setForwarding({ lastN: 0 });
    await settled();
    expect(flowing(wendy, 'camera')).toEqual([]);
    wendy.setForwarding({ lastN: 10 });
    await settled();
    expect(flowing(wendy, 'camera')).toEqual(['alice', 'carol']);
    assertObeyed(wendy);
  });

  test('makes no consumer for a lazy client before it is forwarded', async () => {
    const { wendy, of } = await watched({ lastN: 2 }, { lazy: true });
    expect(flowing(wendy, 'camera')).toEqual(['alice', 'bob']);
    expect(wendy.consumers.size).toBe(6);
    const results = await wendy.subscribe(['camera of carol', 'camera of alice']);
    expect(results).toMatchObject([
      { error: { code: 'PRODUCER_PENDING', held: 'lastN' } },
      { consumer: { kind: 'video' } },
    ]);
    await speaks('carol');
    expect(words('wendy', 'newConsumer')).toMatchObject([
      { consumer: { producer: { id: 'camera of carol' } } },
    ]);
    expect(flowing(wendy, 'camera')).toEqual(['alice', 'carol']);
    // Whom it has seen before it gets back without a new one.
    await speaks('bob');
    expect(words('wendy', 'newConsumer')).toHaveLength(1);
    expect(words('wendy', 'consumerResumed')).toMatchObject([
      { producerId: 'camera of bob', reason: 'lastN' },
    ]);
    const eve = await join('eve');
    await publish(eve, 'camera');
    await settled();
    expect(words('wendy', 'newProducer').at(-1)).toMatchObject({
      producer: { producerId: 'camera of eve' },
      held: 'lastN',
      consumer: undefined,
    });
    for (const name of PEERS) of(name).leave();
    await settled();
    expect(flowing(wendy, 'camera')).toEqual(['eve']);
    assertObeyed(wendy);
  });

  test('keeps few of those that a lazy client has seen once', async () => {
    const { wendy } = await watched({ lastN: 1 }, { lazy: true });
    const guests: PeerImpl[] = [];
    for (let index = 0; index < 24; index += 1) {
      const guest = await join(`guest${String(index)}`);
      guests.push(guest);
      await publish(guest, 'camera');
    }
    await settled();
    for (const guest of guests) {
      wendy.setForwarding({ pinned: [`camera of ${guest.id}`] });
      await settled();
      expect(flowing(wendy, 'camera')).toEqual([guest.id]);
    }
    const videos = [...wendy.consumers.values()].filter(({ kind }) => kind === 'video');
    expect(videos).toHaveLength(17);
    expect(words('wendy', 'consumerClosed')).toHaveLength(8);
    expect(words('wendy', 'consumerClosed')[0]).toMatchObject({
      producerId: 'camera of alice',
      held: 'lastN',
    });
    // They come back as new ones.
    const before = words('wendy', 'newConsumer').length;
    wendy.setForwarding({ pinned: ['camera of alice'] });
    await settled();
    expect(flowing(wendy, 'camera')).toEqual(['alice']);
    expect(words('wendy', 'newConsumer')).toHaveLength(before + 1);
  });
});

describe('a room that forwards the two loudest microphones', () => {
  test('holds the others until they speak', async () => {
    const { wendy } = await watched({ maxAudible: 2 });
    expect(flowing(wendy, 'microphone')).toEqual(['alice', 'bob']);
    await speaks('alice', { reports: 1 });
    await speaks('carol', { reports: 1 });
    expect(flowing(wendy, 'microphone')).toEqual(['alice', 'carol']);
    expect(words('wendy', 'consumerPaused')).toMatchObject([
      { producerId: 'microphone of bob', reason: 'notLoudest' },
    ]);
    expect(flowing(wendy, 'camera')).toHaveLength(4);
    assertObeyed(wendy);
  });

  test('brings another one in for who is muted or leaves, and always what is pinned', async () => {
    const { wendy, of } = await watched({ maxAudible: 1 });
    of('alice').leave();
    await settled();
    expect(flowing(wendy, 'microphone')).toEqual(['bob']);
    wendy.setForwarding({ pinned: ['microphone of dave'] });
    await settled();
    expect(flowing(wendy, 'microphone')).toEqual(['bob', 'dave']);
    wendy.setForwarding({});
    await settled();
    expect(flowing(wendy, 'microphone')).toEqual(['bob']);
  });
});

test('a room without limits holds nothing, until a peer asks for less', async () => {
  const { wendy } = await watched({});
  await speaks('dave');
  expect(flowing(wendy, 'camera')).toEqual(['alice', 'bob', 'carol', 'dave']);
  wendy.setForwarding({ lastN: 1 });
  await settled();
  expect(flowing(wendy, 'camera')).toEqual(['dave']);
  wendy.setForwarding({});
  await settled();
  expect(flowing(wendy, 'camera')).toEqual(['alice', 'bob', 'carol', 'dave']);
  expect(flowing(wendy, 'microphone')).toHaveLength(4);
  assertObeyed(wendy);
});

test('who speaks is told once to each, with how loud, whatever is held', async () => {
  await watched({ lastN: 1, maxAudible: 1 });
  await speaks('dave', { level: 0.5 });
  const heard = words('wendy', 'activeSpeakers');
  expect(heard).toMatchObject([{ speakers: [{ peerId: 'dave', level: 0.5 }] }]);
  // One word for the room: it is written once, however many there are to read it.
  for (const name of PEERS) expect(words(name, 'activeSpeakers')[0]).toBe(heard[0]);
});
