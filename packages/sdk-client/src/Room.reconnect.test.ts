import { describe, expect, it } from 'vitest';
import { guest, join, newest, until, URL, type Guest } from './test/kit.js';
import type { DriverState } from './drivers/MediaDriver.js';
import { defaultReconnectPolicy } from './signaling/reconnectPolicy.js';
import { FakeDriver, MemoryServer } from './testing/index.js';
import type { DisconnectReason, RemoteTrack } from './types.js';

const channelOf = (server: MemoryServer, peerId: string) => {
  const channel = server.rooms.get('r')?.peers.get(peerId)?.channel;
  if (!channel) throw new Error(`${peerId} is not there`);
  return channel;
};

/** Alice and Bob see and hear each other. */
async function call(server: MemoryServer): Promise<[Guest, Guest]> {
  const [alice, bob] = [await join(server, 'alice'), await join(server, 'bob')];
  for (const { room } of [alice, bob]) await room.localParticipant.enableCameraAndMicrophone();
  for (const { events, platform } of [alice, bob]) {
    await until(() => events.filter((event) => event === 'trackSubscribed').length === 2, platform);
  }
  alice.events.length = 0;
  bob.events.length = 0;
  return [alice, bob];
}

describe('a lost socket', () => {
  it('is joined again by itself; participants, tracks and elements stay the same', async () => {
    const server = new MemoryServer();
    const [alice, bob] = await call(server);
    const participant = alice.room.remoteParticipants.get('bob');
    const publication = participant?.getTrackPublication('camera');
    const track = publication?.track;
    const element = track?.attach();
    const media = track?.mediaStreamTrack;

    server.cut(channelOf(server, 'alice'));
    expect(alice.room.state).toBe('reconnecting');
    await until(() => alice.room.state === 'connected', alice.platform);
    await until(() => track?.mediaStreamTrack !== media);

    expect(alice.room.remoteParticipants.get('bob')).toBe(participant);
    expect(participant?.getTrackPublication('camera')).toBe(publication);
    expect(publication?.track).toBe(track);
    expect(track?.mediaStreamTrack?.readyState).toBe('live');
    const stream = element?.srcObject;
    expect(stream && 'getTracks' in stream && stream.getTracks()).toEqual([track?.mediaStreamTrack]);
    expect(alice.events).toEqual([
      'connectionStateChanged',
      'reconnecting',
      'connectionQualityChanged',
      'connectionStateChanged',
      'connectionQualityChanged',
      'reconnected',
    ]);
    // For Bob, Alice was gone for a moment: her server session was another.
    expect(bob.room.remoteParticipants.get('alice')?.trackPublications.size).toBe(2);
  });

  it('publishes what was published, without opening a device again, muted as it was', async () => {
    const server = new MemoryServer();
    const [alice, bob] = await call(server);
    await alice.room.localParticipant.setMicrophoneEnabled(false);
    const captures = alice.platform.mediaDevices.requests.length;
    const publications = [...alice.room.localParticipant.trackPublications.values()];

    server.cut(channelOf(server, 'alice'));
    expect(publications.map(({ isPublished }) => isPublished)).toEqual([false, false]);
    await until(() => publications.every(({ isPublished }) => isPublished), alice.platform);

    expect(alice.platform.mediaDevices.requests).toHaveLength(captures);
    expect([...alice.room.localParticipant.trackPublications.values()]).toEqual(publications);
    await until(() => bob.room.remoteParticipants.get('alice')?.trackPublications.size === 2);
    expect(bob.room.remoteParticipants.get('alice')).toMatchObject({
      isCameraEnabled: true,
      isMicrophoneEnabled: false,
    });
    expect(alice.events).not.toContain('localTrackPublished');
    expect(alice.events).not.toContain('localTrackUnpublished');
  });

  it('sees afterwards what it has missed', async () => {
    const server = new MemoryServer();
    const [alice, bob] = await call(server);
    const carol = await join(server, 'carol');
    await until(() => alice.room.remoteParticipants.has('carol'));
    alice.events.length = 0;
    server.refuseNext('SERVER_UNREACHABLE');
    server.cut(channelOf(server, 'alice'));
    await until(() => !alice.drivers.some(({ state }) => state === 'connected'));
    await carol.room.disconnect();
    await bob.room.localParticipant.setCameraEnabled(false);
    await bob.room.localParticipant.setScreenShareEnabled(true);
    await join(server, 'dave');
    await alice.platform.clock.advance(1000);
    await until(() => alice.room.state === 'connected');
    await until(() => alice.events.filter((event) => event === 'trackSubscribed').length === 2);
    expect([...alice.room.remoteParticipants.keys()].sort()).toEqual(['bob', 'dave']);
    expect(
      alice.events.filter((event) => /^(participant|trackP|trackUnp|trackM)/.test(event)).sort(),
    ).toEqual([
      'participantConnected',
      'participantDisconnected',
      'trackMuted',
      'trackPublished',
      'trackPublished',
    ]);
  });

  it('is tried again and again, faster when the network comes back', async () => {
    const server = new MemoryServer();
    const { room, platform } = await join(server, 'a');
    server.down();
    await platform.clock.advance(120_000);
    expect(room.state).toBe('reconnecting');
    server.up();
    platform.page.emit('online');
    await until(() => room.state === 'connected');
  });

  it('waits longer each time while media never comes, and not at all once it had come', async () => {
    const server = new MemoryServer();
    const attempts: number[] = [];
    let blocked = true;
    class BlockedDriver extends FakeDriver {
      override setState(state: DriverState): void {
        if (!blocked || state !== 'connected') super.setState(state);
      }
    }
    const drivers: FakeDriver[] = [];
    const { room, platform } = await join(server, 'a', {
      driver: (context) => {
        const driver = new BlockedDriver(context);
        drivers.push(driver);
        return driver;
      },
      reconnectPolicy: {
        nextDelay: (context) => {
          attempts.push(context.attempt);
          return defaultReconnectPolicy.nextDelay(context);
        },
      },
    });
    const failMedia = async () => {
      newest(drivers).setState('failed');
      expect(room.state).toBe('reconnecting');
      await platform.clock.advance(10_000);
      expect(room.state).toBe('connected');
    };
    for (let round = 0; round < 4; round++) await failMedia();
    blocked = false;
    for (let round = 0; round < 3; round++) await failMedia();
    // The fifth join is the first whose media came: it still waits, those after it do not.
    expect(attempts).toEqual([0, 1, 2, 3, 4, 0, 0]);
  });

  it('ends when the policy gives up, with the last reason', async () => {
    const server = new MemoryServer();
    const delays: (number | null)[] = [0, 1000, null];
    const { room, platform } = await join(server, 'a', {
      reconnectPolicy: { nextDelay: ({ attempt }) => delays[attempt] ?? null },
    });
    const reasons: DisconnectReason[] = [];
    room.on('disconnected', (reason) => reasons.push(reason));
    server.down();
    await platform.clock.advance(999);
    expect(room.state).toBe('reconnecting');
    await platform.clock.advance(1);
    expect(reasons.map(({ code }) => code)).toEqual(['SERVER_UNREACHABLE']);
    expect(platform.held).toEqual({
      timers: 0,
      pageListeners: 0,
      deviceListeners: 0,
      liveTracks: 0,
      elements: 0,
    });
  });

  it('ends at once when the server refuses for good', async () => {
    const server = new MemoryServer();
    const { room, platform, events } = await join(server, 'a');
    server.refuseNext('TOKEN_EXPIRED', 401);
    server.cut(channelOf(server, 'a'));
    await platform.clock.advance(0);
    expect(room.state).toBe('disconnected');
    expect(events.slice(-2)).toEqual(['connectionStateChanged', 'disconnected']);
  });

  it('comes back when the room moves, and not when it is closed', async () => {
    const server = new MemoryServer();
    const { room, platform, events } = await join(server, 'a');
    server.rooms.get('r')?.broadcast('roomClosed', { reason: 'mediaServerDied' });
    await until(() => events.includes('reconnected'), platform);
    const reasons: DisconnectReason[] = [];
    room.on('disconnected', (reason) => reasons.push(reason));
    server.rooms.get('r')?.broadcast('roomClosed', { reason: 'closed' });
    await until(() => reasons.length > 0);
    expect(reasons[0]?.code).toBe('ROOM_CLOSED');
  });

  it('takes its own place when the server has not noticed the loss', async () => {
    const server = new MemoryServer();
    const { room, platform, drivers } = await join(server, 'a');
    // The media path failed while the socket lives: the old session is still there when the new one joins.
    newest(drivers).setState('failed');
    await until(() => room.state === 'connected' && drivers.length === 2, platform);
    expect(server.rooms.get('r')?.peers.size).toBe(1);
  });

  it('can be left while it is being repaired', async () => {
    const server = new MemoryServer();
    const { room, platform, events } = await join(server, 'a');
    server.down();
    await platform.clock.advance(500);
    await room.disconnect();
    server.up();
    await platform.clock.advance(60_000);
    expect(events.at(-1)).toBe('disconnected');
    expect(server.open).toEqual([]);
    expect(platform.held.timers).toBe(0);
  });

  it('keeps what is published meanwhile for the next connection', async () => {
    const server = new MemoryServer();
    const { room, platform } = await join(server, 'a');
    server.down();
    const publication = await room.localParticipant.setCameraEnabled(true);
    expect(publication?.isPublished).toBe(false);
    await expect(room.localParticipant.sendMessage('x')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    server.up();
    await platform.clock.advance(20_000);
    await until(() => publication?.isPublished === true);
  });
});

describe('media that changes under a track', () => {
  it('is swapped inside the attached elements', async () => {
    const server = new MemoryServer();
    const [alice, bob] = await call(server);
    const publication = alice.room.remoteParticipants.get('bob')?.getTrackPublication('camera');
    const track = publication?.track as RemoteTrack;
    const element = track.attach();
    const stream = element.srcObject;
    const [producerId] =
      [...newest(alice.drivers).received].find(
        ([, { mediaStreamTrack }]) => mediaStreamTrack === track.mediaStreamTrack,
      ) ?? [];
    const media = newest(alice.drivers).replaceReceived(producerId ?? '');
    expect(track.mediaStreamTrack).toBe(media);
    expect(element.srcObject).toBe(stream);
    expect(stream && 'getTracks' in stream && stream.getTracks()).toEqual([media]);
    expect(bob.events).toEqual([]);
  });

  it('may be refused when it is published anew: the app is told', async () => {
    const server = new MemoryServer();
    const alice = guest(server, 'alice');
    const failures: string[] = [];
    alice.room.on('localTrackPublicationFailed', (_track, { code }) => failures.push(code));
    await alice.room.connect(URL, undefined, { room: 'r' });
    await alice.room.localParticipant.setCameraEnabled(true);
    server.refuseRequests('produce', 'PUBLISH_REFUSED', 403);
    server.cut(channelOf(server, 'alice'));
    await until(() => failures.length > 0, alice.platform);
    expect(failures).toEqual(['PUBLISH_REFUSED']);
    expect(alice.events).toContain('localTrackUnpublished');
    expect(alice.room.state).toBe('connected');
  });
});
