import { describe, expect, it } from 'vitest';
import { guest, join, newest, until, URL } from './test/kit.js';
import { MemoryServer, settle } from './testing/index.js';
import type { ConnectionState, DisconnectReason, Participant } from './types.js';

describe('joining', () => {
  it('goes from connecting to connected, and shows who is there with what they publish', async () => {
    const server = new MemoryServer();
    const alice = await join(server, 'alice', { displayName: 'Alice' });
    await alice.room.localParticipant.setMicrophoneEnabled(true);

    const bob = guest(server, 'bob');
    const states: ConnectionState[] = [];
    bob.room.on('connectionStateChanged', (state) => states.push(state));
    await bob.room.connect(URL, 'token', { room: 'r', displayName: 'Bob' });

    expect(states).toEqual(['connecting', 'connected']);
    expect(bob.room.name).toBe('r');
    const remote = bob.room.remoteParticipants.get('alice');
    expect(remote).toMatchObject({
      identity: 'alice',
      name: 'Alice',
      isMicrophoneEnabled: true,
      isCameraEnabled: false,
    });
    await until(() => remote?.getTrackPublication('microphone')?.isSubscribed === true);
    expect(alice.room.remoteParticipants.get('bob')?.name).toBe('Bob');
    expect(newest(server.channels).url.searchParams.get('token')).toBe('token');
  });

  it('costs two round trips until everything is received, however much there is', async () => {
    const server = new MemoryServer();
    for (const id of ['a', 'b', 'c']) {
      const { room } = await join(server, id);
      await room.localParticipant.enableCameraAndMicrophone();
    }
    const late = guest(server, 'late');
    await late.room.connect(URL, undefined, { room: 'r' });
    await until(() => late.events.filter((event) => event === 'trackSubscribed').length === 6);
    expect(newest(server.channels).requests).toEqual(['joinRoom', 'subscribe']);
  });

  it('gathers what is announced together into one request', async () => {
    const server = new MemoryServer();
    const bob = await join(server, 'bob');
    const alice = await join(server, 'alice');
    await alice.room.localParticipant.enableCameraAndMicrophone();
    await until(() => bob.room.remoteParticipants.get('alice')?.trackPublications.size === 2);
    await bob.platform.clock.advance(0);
    await until(() => bob.events.filter((event) => event === 'trackSubscribed').length === 2);
    expect(server.channels[0]?.requests).toEqual(['joinRoom', 'subscribe']);
  });

  it('gives the same promise to a second caller', async () => {
    const { room } = guest(new MemoryServer(), 'a');
    const first = room.connect(URL, undefined, { room: 'r' });
    expect(room.connect(URL, undefined, { room: 'r' })).toBe(first);
    await first;
    expect(room.connect(URL, undefined, { room: 'r' })).toBe(first);
  });

  it('rejects with the code of a refusal, and may be tried again', async () => {
    const server = new MemoryServer();
    server.refuseNext('TOKEN_EXPIRED', 401);
    const { room, events } = guest(server, 'a');
    await expect(room.connect(URL, 'old', { room: 'r' })).rejects.toMatchObject({
      code: 'TOKEN_EXPIRED',
      status: 401,
    });
    expect(room.state).toBe('disconnected');
    expect(events).not.toContain('disconnected');
    await room.connect(URL, 'new', { room: 'r' });
    expect(room.state).toBe('connected');
  });

  it('does not try for ever: the first join has a time limit', async () => {
    const { room, platform } = guest(new MemoryServer(), 'a', {
      channel: () => new Promise(() => {}),
      connectTimeout: 5000,
    });
    const connecting = room.connect(URL, undefined, { room: 'r' });
    connecting.catch(() => undefined);
    await platform.clock.advance(4999);
    expect(room.state).toBe('connecting');
    // A channel that ignores its abort signal: the room must not wait for it.
    await platform.clock.advance(1);
    await expect(connecting).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT' });
    expect(platform.held).toMatchObject({ timers: 0, deviceListeners: 0, pageListeners: 0 });
  });

  it('says what is wrong with an address', async () => {
    const { room } = guest(new MemoryServer(), 'a');
    await expect(room.connect('ftp://x', undefined, { room: 'r' })).rejects.toMatchObject({
      code: 'INVALID_URL',
    });
    await expect(room.connect(URL)).rejects.toMatchObject({
      code: 'INVALID_URL',
      message: expect.stringContaining('No room') as string,
    });
    expect(room.state).toBe('disconnected');
    await room.connect(URL, undefined, { room: 'r' });
    expect(room.state).toBe('connected');
  });
});

describe('leaving', () => {
  it('during connect rejects it with CANCELLED and leaves nobody behind', async () => {
    const server = new MemoryServer();
    const { room, events } = guest(server, 'a');
    const connecting = room.connect(URL, undefined, { room: 'r' });
    await room.disconnect();
    await expect(connecting).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(room.state).toBe('disconnected');
    expect(events.filter((event) => event === 'disconnected')).toHaveLength(1);
    await until(() => server.rooms.size === 0);
    expect(server.open).toEqual([]);
  });

  it('and coming back at once works, as React StrictMode does it', async () => {
    const server = new MemoryServer();
    const { room, platform } = guest(server, 'a');
    const first = room.connect(URL, undefined, { room: 'r' });
    const camera = room.localParticipant.setCameraEnabled(true);
    await room.disconnect();
    const second = room.connect(URL, undefined, { room: 'r' });
    const again = room.localParticipant.setCameraEnabled(true);
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    await second;
    expect(await camera).toBeUndefined();
    const publication = await again;
    await until(() => publication?.isPublished === true);
    expect(room.state).toBe('connected');
    expect(server.rooms.get('r')?.peers.size).toBe(1);
    expect(platform.mediaDevices.live).toHaveLength(1);
  });

  it('gets past its own ghost when the farewell is still on its way', async () => {
    const server = new MemoryServer();
    const { room, platform } = await join(server, 'a');
    await room.disconnect();
    // The server has not noticed yet: the first answer of the second join is a refusal.
    server.refuseNext('PEER_ID_TAKEN', 409);
    const second = room.connect(URL, undefined, { room: 'r' });
    await settle();
    await platform.clock.advance(150);
    await second;
    expect(room.state).toBe('connected');
  });

  it('tells the others, and says why itself', async () => {
    const server = new MemoryServer();
    const alice = await join(server, 'alice');
    const bob = await join(server, 'bob');
    await bob.room.localParticipant.setMicrophoneEnabled(true);
    await until(() => alice.events.includes('trackPublished'));
    const reasons: DisconnectReason[] = [];
    bob.room.on('disconnected', (reason) => reasons.push(reason));
    const left: string[] = [];
    alice.room.on('participantDisconnected', ({ identity }, reason) => left.push(`${identity} ${reason}`));
    await bob.room.disconnect();
    await until(() => left.length > 0);
    expect(left).toEqual(['bob left']);
    expect(alice.room.remoteParticipants.size).toBe(0);
    expect(reasons).toEqual([{ code: 'CLIENT_INITIATED', message: expect.any(String) }]);
    expect(bob.room.remoteParticipants.size).toBe(0);
    expect(bob.platform.mediaDevices.live).toEqual([]);
  });

  it('leaves when the page goes away', async () => {
    const server = new MemoryServer();
    const { room, platform } = await join(server, 'a');
    platform.page.emit('pagehide');
    expect(room.state).toBe('disconnected');
    await until(() => server.rooms.size === 0);
  });

  it('is told when somebody else ends it, and stays out', async () => {
    const server = new MemoryServer();
    const { room, platform } = await join(server, 'a');
    const reasons: DisconnectReason[] = [];
    room.on('disconnected', (reason) => reasons.push(reason));
    server.remove('r', 'a');
    expect(reasons[0]?.code).toBe('PEER_REMOVED');
    await platform.clock.advance(60_000);
    expect(server.open).toEqual([]);
    expect(room.state).toBe('disconnected');
  });

  it('fifty times leaves nothing behind', async () => {
    const server = new MemoryServer();
    const other = await join(server, 'other');
    await other.room.localParticipant.enableCameraAndMicrophone();
    const { room, platform, drivers } = guest(server, 'a');
    room.on('trackSubscribed', (track) => track.attach());
    const listeners = room.listenerCount();
    const before = platform.held;
    for (let time = 0; time < 50; time++) {
      await room.connect(URL, undefined, { room: 'r' });
      await room.localParticipant.enableCameraAndMicrophone();
      room.localParticipant.getTrackPublication('camera')?.track.attach().remove?.();
      await until(() => newest(drivers).received.size === 2, platform);
      room.localParticipant.getTrackPublication('camera')?.track.detach();
      await room.disconnect();
      await until(() => server.open.length === 1);
    }
    expect(platform.held).toEqual(before);
    expect(before).toEqual({ timers: 0, pageListeners: 0, deviceListeners: 0, liveTracks: 0, elements: 0 });
    expect(room.listenerCount()).toBe(listeners);
    expect(room.remoteParticipants.size).toBe(0);
    expect(room.localParticipant.trackPublications.size).toBe(0);
    expect(drivers.map(({ state }) => state)).toEqual(Array(50).fill('closed'));
    for (const driver of drivers)
      expect([driver.sent.size, driver.received.size, driver.listenerCount()]).toEqual([0, 0, 0]);
    for (const track of platform.mediaDevices.tracks) expect(track.listeners).toBe(0);
    // What the others keep of us is nothing, too.
    await until(() => other.room.remoteParticipants.size === 0);
    expect(other.platform.held.timers).toBe(0);
    expect(other.platform.held.elements).toBe(0);
  });
});

describe('messages and speakers', () => {
  it('reach everyone, or those named, with their topic and sender', async () => {
    const server = new MemoryServer();
    const [a, b, c] = [await join(server, 'a'), await join(server, 'b'), await join(server, 'c')];
    const heard: unknown[] = [];
    for (const { room } of [b, c]) {
      room.on('dataReceived', (payload, from, topic) =>
        heard.push([room.localParticipant.identity, payload, from?.identity, topic]),
      );
    }
    await a.room.localParticipant.sendMessage({ text: 'hi' }, { topic: 'chat' });
    await a.room.localParticipant.publishData([1], { to: 'c' });
    await until(() => heard.length === 3);
    expect(heard).toEqual([
      ['b', { text: 'hi' }, 'a', 'chat'],
      ['c', { text: 'hi' }, 'a', 'chat'],
      ['c', [1], 'a', ''],
    ]);
  });

  it('of the host application have no sender, even if somebody calls himself "undefined"', async () => {
    const server = new MemoryServer();
    const [a] = [await join(server, 'a'), await join(server, 'undefined')];
    const heard: unknown[] = [];
    a.room.on('dataReceived', (payload, from, topic) => heard.push([payload, from, topic]));
    server.rooms.get('r')?.broadcast('message', { topic: 'notice', payload: 'closing at six' });
    await until(() => heard.length === 1);
    expect(heard).toEqual([['closing at six', undefined, 'notice']]);
  });

  it('cannot be sent from outside', async () => {
    const { room } = guest(new MemoryServer(), 'a');
    await expect(room.localParticipant.sendMessage('x')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('tells who speaks, loudest first, oneself included', async () => {
    const server = new MemoryServer();
    const [a, b] = [await join(server, 'a'), await join(server, 'b')];
    const told: Participant[][] = [];
    a.room.on('activeSpeakersChanged', (speakers) => told.push(speakers));
    const speakers = [
      { peerId: 'a', level: 0.2 },
      { peerId: 'b', level: 0.9 },
    ];
    server.rooms.get('r')?.broadcast('activeSpeakers', { speakers });
    await until(() => told.length === 1);
    expect(told[0]?.map(({ identity }) => identity)).toEqual(['b', 'a']);
    expect(a.room.localParticipant).toMatchObject({ isSpeaking: true, audioLevel: 0.2 });
    await b.room.disconnect();
    await until(() => a.room.activeSpeakers.length === 1);
    expect(a.room.activeSpeakers[0]).toBe(a.room.localParticipant);
  });

  it('survives a listener that throws', async () => {
    const server = new MemoryServer();
    const errors: unknown[] = [];
    const original = globalThis.reportError;
    globalThis.reportError = (error) => errors.push(error);
    try {
      const { room } = guest(server, 'a');
      const after: string[] = [];
      room.on('connected', () => {
        throw new Error('app bug');
      });
      room.on('connected', () => after.push('still told'));
      await room.connect(URL, undefined, { room: 'r' });
      expect(after).toEqual(['still told']);
      expect(errors).toEqual([new Error('app bug')]);
    } finally {
      globalThis.reportError = original;
    }
  });
});
