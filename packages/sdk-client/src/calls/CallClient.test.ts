import { describe, expect, test } from 'vitest';
import {
  createFakeDrivers,
  FakePlatform,
  MemoryServer,
  settle,
  type ChannelFactory,
} from '../testing/index.js';
import { newest, until, URL } from '../test/kit.js';
import { CallClient } from './CallClient.js';
import { CALL_INTERVAL, PATIENCE } from './Comeback.js';
import type { CallClientOptions, CallEvents, CallLike } from './types.js';

const CALL_EVENTS: readonly (keyof CallEvents)[] = [
  'stateChanged',
  'accepted',
  'rejected',
  'busy',
  'cancelled',
  'unanswered',
  'takenElsewhere',
  'videoChanged',
  'ended',
];

/** Notes what happens to a call, with the first argument of each event. */
function follow(call: CallLike): string[] {
  const events: string[] = [];
  for (const name of CALL_EVENTS) {
    call.on(name, (...args: unknown[]) => events.push([name, ...args.map(String)].join(' ')));
  }
  return events;
}

interface Phone {
  readonly client: CallClient;
  readonly platform: FakePlatform;
  readonly incoming: { call: CallLike; events: string[] }[];
  readonly states: string[];
}

async function phone(
  server: MemoryServer,
  userId: string,
  { deviceId = userId, ...options }: CallClientOptions = {},
): Promise<Phone> {
  const platform = new FakePlatform();
  const { factory: driver } = createFakeDrivers();
  const client = new CallClient({
    deviceId,
    peerId: deviceId,
    platform,
    driver,
    channel: server.channel,
    ...options,
  });
  const incoming: Phone['incoming'] = [];
  const states: string[] = [];
  client.on('incomingCall', (call) => incoming.push({ call, events: follow(call) }));
  client.on('connectionStateChanged', (state) => states.push(state));
  client.on('disconnected', ({ code }) => states.push(code));
  await client.connect(URL, undefined, { userId, displayName: userId.toUpperCase() });
  return { client, platform, incoming, states };
}

/** A call that rings at the last of `to`. */
async function ring(from: Phone, to: Phone, options?: { video?: boolean }) {
  const call = await from.client.call(to.client.userId, options);
  const events = follow(call);
  await until(() => to.incoming.length > 0);
  return { call, events, incoming: newest(to.incoming) };
}

/** As `ring`; what keeps it ringing is loaded. */
async function ringing(from: Phone, to: Phone, options?: { video?: boolean }) {
  const parts = await ring(from, to, options);
  await import('./Comeback.js');
  await settle();
  return parts;
}

async function held(from: Phone, to: Phone, options?: { video?: boolean }) {
  const parts = await ring(from, to, options);
  await parts.incoming.call.accept();
  await until(() => parts.call.state === 'active');
  return parts;
}

const channelOf = (server: MemoryServer, deviceId: string) => {
  const line = server.calls.lines.get(deviceId);
  if (!line) throw new Error(`no line of ${deviceId}`);
  return line.channel;
};

describe('a call', () => {
  test('rings, is accepted and ends, on both sides', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, events, incoming } = await ring(alice, bob, { video: true });
    expect(call).toMatchObject({
      direction: 'outgoing',
      state: 'ringing',
      user: { userId: 'bob', name: 'BOB' },
      video: true,
      endedBecause: undefined,
    });
    expect(incoming.call).toMatchObject({
      id: call.id,
      direction: 'incoming',
      state: 'ringing',
      user: { userId: 'alice', name: 'ALICE' },
      video: true,
    });
    await incoming.call.accept();
    await until(() => events.length > 0);
    expect([...alice.client.calls.values()]).toEqual([call]);
    await call.hangUp();
    await until(() => incoming.call.state === 'ended');
    expect(events).toEqual(['stateChanged active', 'accepted', 'stateChanged ended', 'ended hungUp']);
    expect(incoming.events).toEqual(events);
    expect(incoming.call.endedBecause).toBe('hungUp');
    expect([alice.client.calls.size, bob.client.calls.size, server.calls.calls.size]).toEqual([0, 0, 0]);
  });

  test('is rejected', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { events, incoming } = await ring(alice, bob);
    await incoming.call.reject();
    expect(incoming.events).toEqual(['stateChanged ended', 'rejected', 'ended rejected']);
    await until(() => events.length > 0);
    expect(events).toEqual(['stateChanged ended', 'rejected', 'ended rejected']);
  });

  test('is called off', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, events, incoming } = await ring(alice, bob);
    await call.hangUp();
    expect(events).toEqual(['stateChanged ended', 'cancelled', 'ended cancelled']);
    await until(() => incoming.events.length > 0);
    expect(incoming.events).toEqual(events);
    await expect(incoming.call.accept()).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' });
    // Over is over, however often it is said.
    await incoming.call.hangUp();
    await incoming.call.reject();
    expect(incoming.events).toHaveLength(3);
  });

  test('is not answered', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, events, incoming } = await ring(alice, bob);
    server.calls.timeOut(call.id);
    await until(() => call.state === 'ended' && incoming.call.state === 'ended');
    expect(events).toEqual(['stateChanged ended', 'unanswered', 'ended noAnswer']);
    expect(incoming.events).toEqual(events);
  });

  test('to somebody who is in another one is told to be busy, and those two notice nothing', async () => {
    const server = new MemoryServer();
    const [alice, bob, carol] = [
      await phone(server, 'alice'),
      await phone(server, 'bob'),
      await phone(server, 'carol'),
    ];
    const { events: undisturbed } = await held(alice, bob);
    const before = [...undisturbed];
    // The server says it in the same breath as it answers: whoever calls can listen all the same.
    const call = await carol.client.call('bob');
    expect(call.state).toBe('ringing');
    const events = follow(call);
    await until(() => call.state === 'ended', carol.platform);
    expect(events).toEqual(['stateChanged ended', 'busy', 'ended busy']);
    expect([undisturbed, bob.incoming.length]).toEqual([before, 1]);
  });

  test('is taken by one device, and stops ringing on the others', async () => {
    const server = new MemoryServer();
    const alice = await phone(server, 'alice');
    const [laptop, mobile] = [
      await phone(server, 'bob', { deviceId: 'laptop' }),
      await phone(server, 'bob', { deviceId: 'mobile' }),
    ];
    const { call, incoming } = await ring(alice, laptop);
    await until(() => mobile.incoming.length > 0);
    await incoming.call.accept();
    const other = newest(mobile.incoming);
    await until(() => other.call.state === 'ended');
    expect(other.events).toEqual(['stateChanged ended', 'takenElsewhere', 'ended takenElsewhere']);
    expect(call.state).toBe('active');
  });

  test('to nobody who is there, or while in one, is refused', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    await phone(server, 'carol');
    await expect(alice.client.call('nobody')).rejects.toMatchObject({ code: 'USER_OFFLINE' });
    await held(alice, bob);
    await expect(alice.client.call('carol')).rejects.toMatchObject({ code: 'ALREADY_IN_CALL' });
    expect(alice.client.calls.size).toBe(1);
  });

  test('that is accepted twice is the same call', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { incoming } = await held(alice, bob);
    await incoming.call.accept();
    expect(incoming.events).toEqual(['stateChanged active', 'accepted']);
  });
});

describe('the room of a call', () => {
  test('opens by its ticket, with the microphone, and goes with the call', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, incoming } = await held(alice, bob);
    const [room, other] = [await call.join(), await incoming.call.join()];
    expect(call.room).toBe(room);
    expect([room.name, other.name]).toEqual([`call:${call.id}`, `call:${call.id}`]);
    expect([room.localParticipant.name, room.remoteParticipants.get('bob')?.name]).toEqual(['ALICE', 'BOB']);
    expect(newest(server.channels).url.searchParams.get('ticket')).toBe(`ticket-${call.id}`);
    await until(() => room.localParticipant.isMicrophoneEnabled);
    expect(room.localParticipant.isCameraEnabled).toBe(false);
    await call.hangUp();
    await until(() => other.state === 'disconnected');
    expect(room.state).toBe('disconnected');
    await alice.client.disconnect();
    await bob.client.disconnect();
    for (const { platform } of [alice, bob]) {
      await platform.clock.advance(0);
      expect(platform.held).toEqual({
        timers: 0,
        pageListeners: 0,
        deviceListeners: 0,
        liveTracks: 0,
        elements: 0,
      });
    }
  });

  test('has the camera too in a call with video, and may get it later', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const withVideo = await held(alice, bob, { video: true });
    const room = await withVideo.call.join();
    await until(() => room.localParticipant.isCameraEnabled);
    await withVideo.call.hangUp();
    await until(() => withVideo.incoming.call.state === 'ended');

    bob.incoming.length = 0;
    const { call, incoming } = await held(alice, bob);
    const later = await call.join();
    await incoming.call.join();
    expect(later.localParticipant.isCameraEnabled).toBe(false);
    await call.addVideo();
    expect([call.video, later.localParticipant.isCameraEnabled]).toEqual([true, true]);
    await until(() => incoming.call.video);
    expect(incoming.events).toContain('videoChanged true');
  });

  test('cannot be entered before the call is accepted, nor after', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, incoming } = await ring(alice, bob);
    await expect(call.join()).rejects.toMatchObject({ code: 'CALL_NOT_ACTIVE' });
    await expect(call.addVideo()).rejects.toMatchObject({ code: 'CALL_NOT_ACTIVE' });
    await incoming.call.accept();
    await incoming.call.hangUp();
    await expect(incoming.call.join()).rejects.toMatchObject({ code: 'CALL_NOT_ACTIVE' });
  });

  test('left is the call hung up, so that nobody is left alone in it', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, events, incoming } = await held(alice, bob);
    const room = await incoming.call.join();
    await room.disconnect();
    expect(incoming.call.endedBecause).toBe('hungUp');
    await until(() => call.state === 'ended');
    expect(newest(events)).toBe('ended hungUp');
  });

  test('whose room the server has closed waits for the reason, which may come later', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, incoming } = await held(alice, bob);
    const room = await incoming.call.join();
    server.closeRoom(`call:${call.id}`);
    await until(() => room.state === 'disconnected');
    expect([incoming.call.state, call.state]).toEqual(['active', 'active']);
    server.calls.giveUp('alice');
    await until(() => incoming.call.state === 'ended');
    expect([incoming.call.endedBecause, call.endedBecause]).toEqual(['connectionLost', 'connectionLost']);
  });

  test('out of whose room somebody is put is hung up', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, incoming } = await held(alice, bob);
    await incoming.call.join();
    server.remove(`call:${call.id}`, 'bob');
    await until(() => call.state === 'ended');
    expect([incoming.call.endedBecause, call.endedBecause]).toEqual(['hungUp', 'hungUp']);
  });

  test('that cannot be entered ends the call', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, incoming } = await held(alice, bob);
    server.refuseNext('ROOM_NOT_ALLOWED', 403);
    await expect(incoming.call.join()).rejects.toMatchObject({ code: 'ROOM_NOT_ALLOWED' });
    await until(() => call.state === 'ended');
  });

  test('is entered without the devices that are refused', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call } = await held(alice, bob, { video: true });
    alice.platform.mediaDevices.failNext('NotAllowedError', 'NotAllowedError');
    const room = await call.join();
    expect([room.state, call.state]).toEqual(['connected', 'active']);
  });
});

describe('a connection that is lost', () => {
  test.each(['alice', 'bob'])('of %s is no news to what rings', async (who) => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, events, incoming } = await ringing(alice, bob);
    const lost = who === 'alice' ? alice : bob;
    server.cut(channelOf(server, who));
    await until(() => lost.client.state === 'connected', lost.platform);
    expect(lost.states).toEqual(['connecting', 'connected', 'reconnecting', 'connected']);
    expect([events, incoming.events, bob.incoming.length]).toEqual([[], [], 1]);
    await alice.platform.clock.advance(PATIENCE);
    await incoming.call.accept();
    await until(() => call.state === 'active');
    expect(events).toEqual(['stateChanged active', 'accepted']);
  });

  test('of a caller hears afterwards that the call was taken meanwhile', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, events, incoming } = await ringing(alice, bob);
    server.cut(channelOf(server, 'alice'));
    await incoming.call.accept();
    expect(call.state).toBe('ringing');
    await until(() => call.state === 'active', alice.platform);
    expect(events).toEqual(['stateChanged active', 'accepted']);
    expect((await call.join()).state).toBe('connected');
  });

  test('lets one reject what rings: the server hears of it afterwards', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, incoming } = await ringing(alice, bob);
    server.cut(channelOf(server, 'bob'));
    await incoming.call.reject();
    await until(() => call.state === 'ended', bob.platform);
    expect([call.endedBecause, bob.incoming.length]).toEqual(['rejected', 1]);
  });

  test('and does not come back in time ends what rings', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { events, incoming } = await ringing(alice, bob);
    server.down();
    for (const { platform } of [alice, bob]) await platform.clock.advance(PATIENCE - 1);
    expect([events, incoming.events]).toEqual([[], []]);
    for (const { platform } of [alice, bob]) await platform.clock.advance(1);
    expect(events).toEqual(['stateChanged ended', 'ended connectionLost']);
    expect(incoming.events).toEqual(['stateChanged ended', 'cancelled', 'ended connectionLost']);
    for (const { client, platform } of [alice, bob]) {
      await client.disconnect();
      expect(platform.held.timers).toBe(0);
    }
  });

  test('leaves a call that is held as it is', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, events, incoming } = await held(alice, bob);
    server.cut(channelOf(server, 'alice'));
    await until(() => alice.client.state === 'connected', alice.platform);
    expect([call.state, incoming.call.state]).toEqual(['active', 'active']);
    await incoming.call.hangUp();
    await until(() => call.state === 'ended');
    expect(events).toEqual(['stateChanged active', 'accepted', 'stateChanged ended', 'ended hungUp']);
  });

  test('for too long ends it on both sides', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, incoming } = await held(alice, bob);
    server.cut(channelOf(server, 'alice'));
    server.calls.giveUp('alice');
    await until(() => incoming.call.state === 'ended');
    expect(incoming.call.endedBecause).toBe('connectionLost');
    await until(() => alice.client.state === 'connected', alice.platform);
    expect(call.endedBecause).toBe('connectionLost');
  });

  test('lets one hang up all the same: the server hears of it afterwards', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, incoming } = await held(alice, bob);
    server.cut(channelOf(server, 'alice'));
    await call.hangUp();
    expect(call.state).toBe('ended');
    await expect(alice.client.call('bob')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await until(() => incoming.call.state === 'ended', alice.platform);
    expect(incoming.call.endedBecause).toBe('hungUp');
  });

  test('for good ends everything', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call } = await held(alice, bob);
    server.refuseNext('TOKEN_EXPIRED', 401);
    server.cut(channelOf(server, 'alice'));
    await until(() => alice.client.state === 'disconnected', alice.platform);
    expect(newest(alice.states)).toBe('TOKEN_EXPIRED');
    expect(call.endedBecause).toBe('connectionLost');
  });
});

/** Nobody is back before their clock has moved: the first attempt of each is in vain. */
async function restart(server: MemoryServer, phones: readonly Phone[]): Promise<void> {
  server.down();
  for (const { client } of phones) await until(() => client.state === 'reconnecting');
  for (let turn = 0; turn < 5; turn++) await settle();
  server.up();
}

async function comesBack({ client, platform }: Phone): Promise<void> {
  for (let waited = 0; client.state !== 'connected' && waited < 10_000; waited += 100)
    await platform.clock.advance(100);
  expect(client.state).toBe('connected');
}

describe('a server that is started anew', () => {
  test.each(['alice', 'bob'])(
    'hears of the same call again, %s being the first to be back',
    async (first) => {
      const server = new MemoryServer();
      const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
      const { call, events, incoming } = await ringing(alice, bob, { video: true });
      await restart(server, [alice, bob]);
      for (const each of first === 'alice' ? [alice, bob] : [bob, alice]) await comesBack(each);
      await alice.platform.clock.advance(CALL_INTERVAL);
      await until(() => server.calls.calls.has(call.id));
      await settle();
      expect([events, incoming.events, bob.incoming.length]).toEqual([[], [], 1]);
      for (const { platform } of [alice, bob]) await platform.clock.advance(PATIENCE);
      await incoming.call.accept();
      await until(() => call.state === 'active');
      expect([call.video, events]).toEqual([true, ['stateChanged active', 'accepted']]);
    },
  );

  test('ends what rings when the other side does not come back', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call } = await ringing(alice, bob);
    await restart(server, [alice, bob]);
    await comesBack(alice);
    await alice.platform.clock.advance(PATIENCE);
    expect(call.endedBecause).toBe('connectionLost');
    // Nobody calls him any more.
    await comesBack(bob);
    await bob.platform.clock.advance(PATIENCE);
    expect(bob.incoming.map((each) => each.call.endedBecause)).toEqual(['connectionLost']);
    expect(server.calls.calls.size).toBe(0);
  });

  test('takes nobody else for who rang', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, incoming } = await ringing(alice, bob);
    await restart(server, [alice, bob]);
    await comesBack(bob);
    await phone(server, 'mallory');
    await channelOf(server, 'mallory').request('call', { userId: 'bob', callId: call.id });
    await until(() => bob.incoming.length === 2);
    expect(incoming.call.endedBecause).toBe('connectionLost');
    expect(newest(bob.incoming).call).toMatchObject({ state: 'ringing', user: { userId: 'mallory' } });
    expect([...bob.client.calls.values()]).toEqual([newest(bob.incoming).call]);
  });

  test('does not hear of a call that was called off meanwhile', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { call, incoming } = await ringing(alice, bob);
    await restart(server, [alice, bob]);
    await call.hangUp();
    for (const each of [alice, bob]) {
      await comesBack(each);
      await each.platform.clock.advance(PATIENCE);
    }
    expect([server.calls.calls.size, incoming.call.endedBecause]).toEqual([0, 'connectionLost']);
  });
});

describe('connecting', () => {
  test('twice is once, and once more after the end', async () => {
    const server = new MemoryServer();
    const alice = await phone(server, 'alice');
    await alice.client.connect(URL);
    expect(server.channels).toHaveLength(1);
    expect(newest(server.channels).url.pathname).toBe('/calls');
    await alice.client.disconnect();
    expect(alice.states).toEqual(['connecting', 'connected', 'disconnected', 'CLIENT_INITIATED']);
    await until(() => server.calls.lines.size === 0);
    await alice.client.connect(URL, 'token', { userId: 'alice' });
    expect(newest(server.channels).url.searchParams.get('token')).toBe('token');
    expect(alice.client.state).toBe('connected');
  });

  test('that is refused says why', async () => {
    const server = new MemoryServer();
    server.refuseNext('UNAUTHORIZED', 401);
    await expect(phone(server, 'alice')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    const client = new CallClient({ channel: server.channel, platform: new FakePlatform() });
    await expect(client.connect('ftp://x')).rejects.toMatchObject({ code: 'INVALID_URL' });
    await expect(client.call('bob')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await client.connect(URL, undefined, { userId: 'alice' });
  });

  test('can be called off', async () => {
    const server = new MemoryServer();
    const platform = new FakePlatform();
    const client = new CallClient({ channel: server.channel, platform });
    const connecting = client.connect(URL, undefined, { userId: 'alice' });
    await client.disconnect();
    await expect(connecting).rejects.toMatchObject({ code: 'CANCELLED' });
    expect([client.state, server.open.length, platform.clock.pending]).toEqual(['disconnected', 0, 0]);
  });

  test('can be called off while the server is asked', async () => {
    const server = new MemoryServer();
    const platform = new FakePlatform();
    const client = new CallClient({
      platform,
      channel: async (options) => {
        const channel = await server.channel(options);
        newest(server.channels).stall();
        return channel;
      },
    });
    const connecting = client.connect(URL, undefined, { userId: 'alice' });
    await until(() => server.open.some(({ requests }) => requests.includes('openLine')));
    await client.disconnect();
    await expect(connecting).rejects.toMatchObject({ code: 'CANCELLED' });
    expect([client.state, server.open.length, platform.clock.pending]).toEqual(['disconnected', 0, 0]);
  });

  test('takes no longer than it may', async () => {
    const platform = new FakePlatform();
    const never: ChannelFactory = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
    const client = new CallClient({ channel: never, platform, connectTimeout: 3000 });
    const refused = expect(client.connect(URL)).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT' });
    await platform.clock.advance(3000);
    await refused;
  });

  test('ends with the page, and hangs up', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
    const { incoming } = await ring(alice, bob);
    alice.platform.page.emit('pagehide');
    await until(() => incoming.call.state === 'ended');
    expect(newest(incoming.events)).toBe('ended cancelled');
    expect(server.calls.lines.has('alice')).toBe(false);
  });
});

test('who can be rung is kept up to date', async () => {
  const server = new MemoryServer();
  const [alice, bob] = [await phone(server, 'alice'), await phone(server, 'bob')];
  const seen: string[] = [];
  alice.client.on('usersChanged', (users) =>
    seen.push([...users.values()].map(({ name, busy }) => name + (busy ? '!' : '')).join()),
  );
  expect([...(await alice.client.watchUsers()).values()]).toEqual([
    { userId: 'bob', name: 'BOB', busy: false },
  ]);
  const carol = await phone(server, 'carol');
  await until(() => alice.client.users.has('carol'));
  await ring(bob, carol);
  await until(() => alice.client.users.get('bob')?.busy === true);
  await carol.client.disconnect();
  await until(() => !alice.client.users.has('carol'));
  server.cut(channelOf(server, 'alice'));
  expect(alice.client.users.size).toBe(0);
  await until(() => alice.client.users.has('bob'), alice.platform);
  expect(seen.at(0)).toBe('BOB');
  expect(seen.at(-1)).toBe('BOB');
});
