import type { UsageRecord } from '@parlor/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type CoreContext } from '../core/context.js';
import { Pacer } from '../core/Pacer.js';
import { RoomRegistry } from '../core/RoomRegistry.js';
import type { Hooks, Peer } from '../core/types.js';
import { ManualClock } from '../ice/testing/ManualClock.js';
import { silentLogger, type Logger } from '../logger.js';
import { FakeBackend, type FakeTransport } from '../media/fake/FakeBackend.js';
import { sampleDtls } from '../testing/rtpSamples.js';
import { UsageRecorder } from './UsageRecorder.js';

const NOON = Date.parse('2026-01-01T12:00:00Z');
const at = (seconds: number) => new Date(NOON + seconds * 1000).toISOString();

let clock: ManualClock;
let backend: FakeBackend;
let rooms: RoomRegistry;
beforeEach(() => {
  clock = new ManualClock(NOON);
  backend = new FakeBackend();
  const context: CoreContext = {
    backend,
    hooks: {},
    limits: DEFAULT_LIMITS,
    logger: silentLogger,
    pacer: new Pacer(),
    newSecret: () => 'secret',
    timer: clock,
    iceServers: () => [],
  };
  rooms = new RoomRegistry(context);
});

function recorder(hooks: Pick<Hooks, 'onUsage'> = {}, logger: Logger = silentLogger): UsageRecorder {
  return new UsageRecorder({ rooms, clock, hooks, logger });
}

/** Somebody with a connected transport, and the media side of it. */
async function connected(peer: Peer): Promise<{ media: FakeTransport; close: () => void }> {
  const transport = await peer.createTransport({ direction: 'send' });
  await transport.connect(sampleDtls());
  const media = [...(backend.rooms.get(peer.room.id)?.transports ?? [])].find(
    ({ info }) => info.id === transport.id,
  );
  if (!media) throw new Error('no transport');
  return {
    media,
    close: () => {
      transport.close();
    },
  };
}

function setState(media: FakeTransport, state: FakeTransport['state']): void {
  media.state = state;
  media.emit('stateChanged', state);
}

describe('the books of a stay', () => {
  it('tell when and how long it was connected and how much went each way', async () => {
    const told: UsageRecord[] = [];
    const usage = recorder({ onUsage: (record) => void told.push(record) });
    const alice = await rooms.join('room', { peerId: 'alice', userId: 'user-1' });
    await clock.pass(1000);
    const { media } = await connected(alice);
    await clock.pass(10_000);
    setState(media, 'disconnected');
    await clock.pass(5000);
    setState(media, 'connected');
    await clock.pass(2500);
    Object.assign(media, { bytesReceived: 1200, bytesSent: 34 });
    expect(await usage.recordsOf('room')).toEqual([
      {
        roomId: 'room',
        peerId: 'alice',
        userId: 'user-1',
        dialect: 'host',
        joinedAt: at(0),
        connections: [{ from: at(1), to: at(11) }, { from: at(16) }],
        secondsConnected: 12.5,
        bytesIn: 1200,
        bytesOut: 34,
      },
    ]);
    media.bytesSent = 50;
    await clock.pass(1500);
    alice.leave();
    await usage.close();
    expect(told).toEqual([
      expect.objectContaining({
        leftAt: at(20),
        connections: [
          { from: at(1), to: at(11) },
          { from: at(16), to: at(20) },
        ],
        secondsConnected: 14,
        bytesIn: 1200,
        // Read when the transport closed, long after the last look.
        bytesOut: 50,
      }),
    ]);
    expect(await usage.recordsOf('room')).toEqual(told);
  });

  it('count overlapping transports once in time and all of them in bytes, closed ones too', async () => {
    const usage = recorder();
    const alice = await rooms.join('room', { peerId: 'alice' });
    const first = await connected(alice);
    await clock.pass(3000);
    const second = await connected(alice);
    await clock.pass(3000);
    Object.assign(first.media, { bytesReceived: 100, bytesSent: 1 });
    first.close();
    await clock.pass(4000);
    Object.assign(second.media, { bytesReceived: 20, bytesSent: 2 });
    second.close();
    await clock.pass(60_000);
    expect(await usage.recordsOf('room')).toMatchObject([
      {
        connections: [{ from: at(0), to: at(10) }],
        secondsConnected: 10,
        bytesIn: 120,
        bytesOut: 3,
      },
    ]);
  });

  it('go on when media takes another way, from browser to browser as well', async () => {
    const usage = recorder();
    const room = await rooms.open('room', { topology: 'sfu' });
    const link = { dialect: 'test', send: () => undefined, end: () => undefined };
    const alice = await room.join({ peerId: 'alice', topology: 'auto', link });
    const { media } = await connected(alice);
    await clock.pass(3000);
    Object.assign(media, { bytesReceived: 100, bytesSent: 1 });
    await room.setTopology('p2p');
    // Nobody has said that the new way works: the former is there for ten seconds.
    await clock.pass(10_000);
    expect([alice.transports.size, backend.rooms.size]).toEqual([0, 0]);
    await clock.pass(7000);
    await room.setTopology('sfu');
    const second = await connected(alice);
    await clock.pass(1000);
    Object.assign(second.media, { bytesReceived: 10, bytesSent: 2 });
    expect(await usage.recordsOf('room')).toMatchObject([
      {
        connections: [{ from: at(0), to: at(13) }, { from: at(20) }],
        secondsConnected: 14,
        bytesIn: 110,
        bytesOut: 3,
      },
    ]);
  });

  it('keep what was read last when the media process dies', async () => {
    const usage = recorder();
    await rooms.open('room', { keepWhenEmpty: true });
    const alice = await rooms.join('room', { peerId: 'alice' });
    const { media } = await connected(alice);
    Object.assign(media, { bytesReceived: 700, bytesSent: 70 });
    await clock.pass(7000);
    media.bytesReceived = 9999;
    media.stats = () => Promise.reject(new Error('the process is gone'));
    backend.rooms.get('room')?.emit('died');
    await usage.close();
    expect(await usage.recordsOf('room')).toMatchObject([
      { bytesIn: 700, bytesOut: 70, secondsConnected: 7, leftAt: at(7) },
    ]);
  });

  it('are there for who never connects, without times', async () => {
    const usage = recorder();
    const alice = await rooms.join('room', { peerId: 'alice', topology: 'p2p' });
    await clock.pass(5000);
    alice.leave();
    await usage.close();
    expect(await usage.recordsOf('room')).toMatchObject([
      { leftAt: at(5), connections: [], secondsConnected: 0, bytesIn: 0, bytesOut: 0 },
    ]);
  });

  it('list the last hundred connections and count all', async () => {
    const usage = recorder();
    const alice = await rooms.join('room', { peerId: 'alice' });
    const { media } = await connected(alice);
    for (let times = 0; times < 150; times += 1) {
      await clock.pass(1000);
      setState(media, 'disconnected');
      setState(media, 'connected');
    }
    const [record] = (await usage.recordsOf('room')) ?? [];
    expect(record?.connections).toHaveLength(100);
    expect(record?.secondsConnected).toBe(150);
  });
});

describe('the recorder', () => {
  it('survives a hook that fails, and says so', async () => {
    const errors: unknown[] = [];
    const logger: Logger = { ...silentLogger, error: (fields, message) => errors.push({ fields, message }) };
    const failing = () => {
      throw new Error('the database is down');
    };
    const usage = recorder({ onUsage: failing }, logger);
    (await rooms.join('room', { peerId: 'alice' })).leave();
    await usage.close();
    expect(errors).toMatchObject([{ message: 'the hook onUsage failed' }]);
    expect(await usage.recordsOf('room')).toHaveLength(1);
  });

  it('keeps no timer when nobody is there', async () => {
    const usage = recorder();
    const alice = await rooms.join('room', { peerId: 'alice' });
    expect(clock.pending).toBe(1);
    alice.leave();
    await clock.pass(1000);
    expect(clock.pending).toBe(0);
    await rooms.join('room', { peerId: 'bob' });
    expect(clock.pending).toBe(1);
    await usage.close();
    expect(clock.pending).toBe(0);
  });

  it('does not wait for ever for a media process that does not answer', async () => {
    const usage = recorder();
    const alice = await rooms.join('room', { peerId: 'alice' });
    const { media } = await connected(alice);
    media.stats = () => new Promise(() => undefined);
    alice.leave();
    const closed = usage.close();
    await clock.pass(2000);
    await closed;
  });

  it('forgets rooms that are over after an hour, and all but the last hundred', async () => {
    const usage = recorder();
    expect(await usage.recordsOf('room-0')).toBeUndefined();
    for (let room = 0; room < 101; room += 1) {
      (await rooms.join(`room-${String(room)}`, { peerId: 'alice' })).leave();
      await clock.pass(1000);
    }
    expect(await usage.recordsOf('room-0')).toBeUndefined();
    expect(await usage.recordsOf('room-1')).toHaveLength(1);
    await clock.pass(60 * 60_000 - 3000);
    expect(await usage.recordsOf('room-99')).toHaveLength(1);
    expect(await usage.recordsOf('room-98')).toBeUndefined();
  });

  it('knows a room that is open and empty', async () => {
    const usage = recorder();
    await rooms.open('room', { keepWhenEmpty: true });
    expect(await usage.recordsOf('room')).toEqual([]);
  });
});
