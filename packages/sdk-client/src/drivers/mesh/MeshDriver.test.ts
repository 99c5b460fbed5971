import { describe, expect, it } from 'vitest';
import { ParlorError } from '../../errors.js';
import { Room } from '../../Room.js';
import type { RoomOptions } from '../../options.js';
import { contractInMemory } from '../../testing/driverContract.js';
import {
  FakeMediaStreamTrack,
  FakePlatform,
  MemoryServer,
  sessionHarness,
  settle,
  type FakePeerConnection,
} from '../../testing/index.js';
import { URL } from '../../test/kit.js';
import { BEGIN_AGE, REPAIR_AGE } from './IceServers.js';
import { ATTEMPT_LIMIT, DISCONNECTED_LIMIT, POLITENESS } from './LinkRepair.js';
import { meshDriver } from './MeshDriver.js';
import { SPEAKER_INTERVAL } from './SpeakerWatch.js';

describe('MeshDriver keeps the contract', () => {
  it.each(contractInMemory)('$name', async ({ run }) => {
    const harness = sessionHarness({
      url: 'wss://memory',
      roomId: 'contract',
      driver: meshDriver,
      channel: new MemoryServer().channel,
      platform: new FakePlatform(),
      createTrack: (kind) => new FakeMediaStreamTrack({ kind }),
    });
    try {
      await run(harness);
    } finally {
      harness.close();
    }
  });
});

/** Pages of one network, in a room of one server. Time stands still until it is advanced. */
function setup() {
  const server = new MemoryServer();
  const platform = new FakePlatform();
  const rooms: Room[] = [];
  const join = async (peerId: string, options: RoomOptions = {}) => {
    const room = new Room({
      peerId,
      platform,
      channel: server.channel,
      driver: meshDriver,
      ...options,
    });
    rooms.push(room);
    await room.connect(URL, undefined, { room: 'r' });
    return room;
  };
  /** Signals and what follows from them have been worked off. */
  const quiet = async () => {
    for (let turn = 0; turn < 60; turn++) await platform.clock.advance(0);
  };
  const publish = (room: Room, source: 'camera' | 'microphone' = 'camera') =>
    room.localParticipant.publishTrack(
      new FakeMediaStreamTrack({
        kind: source === 'camera' ? 'video' : 'audio',
        settings: { width: 1280, height: 720 },
      }),
      { source },
    );
  const sent = (method: string) =>
    server.rooms.get('r')?.log.filter((entry) => entry.method === method) ?? [];
  const offers = () =>
    sent('signal').filter(
      ({ data }) => (data['description'] as { type?: string } | undefined)?.type === 'offer',
    );
  const track = (room: Room, of: string) =>
    room.remoteParticipants.get(of)?.getTrackPublication('camera')?.track?.mediaStreamTrack;
  return { server, platform, join, quiet, publish, offers, track, network: platform.network, rooms };
}

const running = (connection: FakePeerConnection) =>
  connection.getTransceivers().map(({ currentDirection }) => currentDirection);

describe('MeshDriver', () => {
  it('makes one connection a pair, offered by the smaller id, with a section for each publication', async () => {
    const { join, quiet, publish, offers, network } = setup();
    const bob = await join('bob');
    await Promise.all([publish(bob), publish(bob, 'microphone')]);
    await publish(await join('alice'));
    await quiet();
    expect(network.open.map(({ connectionState }) => connectionState)).toEqual(['connected', 'connected']);
    expect(offers().every(({ peerId }) => peerId === 'alice')).toBe(true);
    expect(network.open.map((connection) => running(connection).sort())).toEqual([
      ['recvonly', 'recvonly', 'sendonly'],
      ['recvonly', 'sendonly', 'sendonly'],
    ]);
  });

  it('connects nobody who has nothing for the other', async () => {
    const { join, quiet, publish, network } = setup();
    const [, bob] = [await join('alice'), await join('bob'), await join('carol')];
    await publish(bob);
    await quiet();
    expect(network.open).toHaveLength(4);
  });

  it('offers again only what changes: one who does not want it says so in the answer', async () => {
    const { join, quiet, publish, offers, network } = setup();
    const [alice, bob] = [await join('alice'), await join('bob', { autoSubscribe: false })];
    await publish(alice);
    await quiet();
    expect(network.open.map(running)).toEqual([['inactive'], ['inactive']]);
    bob.remoteParticipants.get('alice')?.getTrackPublication('camera')?.setSubscribed(true);
    await quiet();
    expect(network.open.map(running)).toEqual([['sendonly'], ['recvonly']]);
    expect(offers().map(({ peerId }) => peerId)).toEqual(['alice', 'bob']);
  });

  it('survives offers that meet: the opener’s counts, the other’s goes out again', async () => {
    const { join, quiet, publish, network, track } = setup();
    const [alice, bob] = [await join('alice'), await join('bob')];
    await Promise.all([publish(alice), publish(bob)]);
    await quiet();
    const theirs = bob.remoteParticipants.get('alice')?.getTrackPublication('camera');
    // In the same turn: bob wants alice's camera no more, alice publishes more.
    theirs?.setSubscribed(false);
    const more = publish(alice, 'microphone');
    await more;
    await quiet();
    expect(network.open.every(({ signalingState }) => signalingState === 'stable')).toBe(true);
    expect(network.open.map((connection) => running(connection).sort())).toEqual([
      ['inactive', 'recvonly', 'sendonly'],
      ['inactive', 'recvonly', 'sendonly'],
    ]);
    expect(track(alice, 'bob')?.readyState).toBe('live');
  });

  it('shares the uplink out as people come and go', async () => {
    const { join, quiet, publish, network } = setup();
    const alice = await join('alice', { uplinkBitrate: 2_000_000 });
    await publish(alice);
    const limits = () =>
      network.open
        .flatMap((connection) => connection.getTransceivers())
        .filter(({ currentDirection }) => currentDirection === 'sendonly')
        .map(({ sender }) => (sender.getParameters() as RTCRtpSendParameters).encodings[0]?.maxBitrate);
    const bob = await join('bob');
    await quiet();
    expect(limits()).toEqual([1_700_000]);
    await join('carol');
    await quiet();
    expect(limits()).toEqual([1_000_000, 1_000_000]);
    await bob.disconnect();
    await quiet();
    expect(limits()).toEqual([1_700_000]);
  });

  it('sends nothing while muted, and other media after a replacement', async () => {
    const { join, quiet, publish, network } = setup();
    const [alice] = [await join('alice'), await join('bob'), await join('carol')];
    const { track } = await publish(alice);
    await quiet();
    const senders = () =>
      network.open
        .flatMap((connection) => connection.getTransceivers())
        .filter(({ currentDirection }) => currentDirection === 'sendonly')
        .map(({ sender }) => sender.track);
    await track.mute();
    expect(senders()).toEqual([null, null]);
    const other = new FakeMediaStreamTrack({ kind: 'video' });
    await track.replaceTrack(other);
    await track.unmute();
    expect(senders()).toEqual([other, other]);
  });

  it('tells who speaks, without a word to the server', async () => {
    const { join, quiet, publish, network, platform, server } = setup();
    const [alice, bob] = [await join('alice'), await join('bob')];
    await Promise.all([publish(alice, 'microphone'), publish(bob, 'microphone')]);
    await quiet();
    const told: string[][] = [];
    alice.on('activeSpeakersChanged', (speakers) => told.push(speakers.map(({ identity }) => identity)));
    const before = server.rooms.get('r')?.log.length;
    const [ofAlice] = network.open;
    const hear = async (audioLevel: number) => {
      for (const { receiver } of ofAlice?.getTransceivers() ?? [])
        receiver.sources = [{ timestamp: platform.now() + 1, audioLevel }];
      await platform.clock.advance(SPEAKER_INTERVAL);
    };
    await hear(0.2);
    expect(alice.remoteParticipants.get('bob')?.isSpeaking).toBe(true);
    expect(alice.remoteParticipants.get('bob')?.audioLevel).toBeCloseTo(0.2);
    await hear(0.2);
    await hear(0);
    expect(told).toEqual([['bob'], []]);
    expect(server.rooms.get('r')?.log.length).toBe(before);

    platform.loudness = 0.3;
    for (const transceiver of ofAlice?.getTransceivers() ?? [])
      transceiver.sender.stats = new Map([['source', { type: 'media-source', kind: 'audio' }]]);
    await platform.clock.advance(SPEAKER_INTERVAL);
    expect(alice.localParticipant.isSpeaking).toBe(true);
    await alice.localParticipant.setMicrophoneEnabled(false);
    await platform.clock.advance(SPEAKER_INTERVAL);
    expect(told).toEqual([['bob'], [], ['alice'], []]);
  });

  it('lets nobody hear who was muted by somebody else, whatever his page sends', async () => {
    const { join, quiet, publish, server, track } = setup();
    const [alice, bob] = [await join('alice'), await join('bob')];
    await publish(alice);
    await quiet();
    const producerId = [...(server.rooms.get('r')?.producers.keys() ?? [])][0];
    server.rooms.get('r')?.broadcast('producerPaused', { producerId, peerId: 'alice' }, 'alice');
    await settle();
    expect(track(bob, 'alice')?.enabled).toBe(false);
    server.rooms.get('r')?.broadcast('producerResumed', { producerId, peerId: 'alice' }, 'alice');
    await settle();
    expect(track(bob, 'alice')?.enabled).toBe(true);
  });

  it('repairs a path by an ICE restart, with the same connection and tracks', async () => {
    const { join, quiet, publish, network, platform, track } = setup();
    const [alice, bob] = [await join('alice'), await join('bob')];
    await publish(alice);
    await quiet();
    const [before, connections] = [track(bob, 'alice'), network.open];
    network.cut();
    network.mend();
    await platform.clock.advance(DISCONNECTED_LIMIT);
    await quiet();
    expect(network.open.map(({ restarts }) => restarts)).toEqual([1, 0]);
    expect(network.open).toEqual(connections);
    expect(network.open.map(({ connectionState }) => connectionState)).toEqual(['connected', 'connected']);
    expect(track(bob, 'alice')).toBe(before);
  });

  describe('when credentials for TURN have been renewed since the join', () => {
    const turn = (credential: string) => ({ urls: 'turn:turn.example.com', username: 'u', credential });
    const own = { urls: 'stun:stun.example.com' };
    /** By the ends of all connections. */
    const credentials = ({ open }: ReturnType<typeof setup>['network']) =>
      open.map((connection) => connection.getConfiguration().iceServers?.map(({ credential }) => credential));

    it("an ICE restart goes by the new ones, next to the page's own", async () => {
      const { server, join, quiet, publish, network, platform } = setup();
      server.iceServers = [turn('old')];
      const [alice] = [await join('alice', { rtcConfiguration: { iceServers: [own] } }), await join('bob')];
      await publish(alice);
      await quiet();
      expect(credentials(network)).toEqual([['old', undefined], ['old']]);
      server.iceServers = [turn('new')];
      await platform.clock.advance(REPAIR_AGE);
      const connections = network.open;
      network.cut();
      network.mend();
      await platform.clock.advance(DISCONNECTED_LIMIT);
      await quiet();
      expect(network.open).toEqual(connections);
      expect(network.open.map(({ restarts }) => restarts)).toEqual([1, 0]);
      expect(credentials(network)[0]).toEqual(['new', undefined]);
    });

    it('and so does the connection to who comes much later, on which side ever', async () => {
      const { server, join, quiet, publish, network, platform } = setup();
      server.iceServers = [turn('old')];
      await publish(await join('bob'));
      await platform.clock.advance(BEGIN_AGE);
      server.iceServers = [turn('new')];
      await join('alice');
      await join('carol');
      await quiet();
      expect(credentials(network)).toEqual([['new'], ['new'], ['new'], ['new']]);
      expect(network.open.map(({ connectionState }) => connectionState)).toContain('connected');
    });

    it('a server that has none to give, or is of another time, stops no repair', async () => {
      const { server, join, quiet, publish, network, platform } = setup();
      server.iceServers = [turn('old')];
      const [alice] = [await join('alice'), await join('bob')];
      await publish(alice);
      await quiet();
      server.refuseRequests('getIceServers', 'UNKNOWN_METHOD', 400);
      await platform.clock.advance(REPAIR_AGE);
      network.cut();
      network.mend();
      await platform.clock.advance(DISCONNECTED_LIMIT);
      await quiet();
      expect(network.open.map(({ restarts }) => restarts)).toEqual([1, 0]);
      expect(network.open.map(({ connectionState }) => connectionState)).toEqual(['connected', 'connected']);
    });
  });

  it('tells of a pair that does not connect, tries again from nothing, and puts new media into the same track', async () => {
    const { join, quiet, publish, network, platform, track } = setup();
    const [alice, bob] = [await join('alice'), await join('bob')];
    const told: string[] = [];
    bob.on('participantUnreachable', ({ identity }, { code }) => told.push(`${identity} ${code}`));
    bob.on('participantReachable', ({ identity }) => told.push(identity));
    await publish(alice);
    await quiet();
    const before = track(bob, 'alice');
    const remote = bob.remoteParticipants.get('alice')?.getTrackPublication('camera')?.track;
    network.cut('failed');
    await platform.clock.advance(2 * (ATTEMPT_LIMIT + POLITENESS));
    expect(told).toEqual(['alice PEER_UNREACHABLE']);
    expect(bob.state).toBe('connected');
    network.mend();
    platform.page.emit('online');
    await quiet();
    expect(told).toEqual(['alice PEER_UNREACHABLE', 'alice']);
    expect(bob.remoteParticipants.get('alice')?.getTrackPublication('camera')?.track).toBe(remote);
    expect(track(bob, 'alice')).not.toBe(before);
    expect(track(bob, 'alice')?.readyState).toBe('live');
  });

  it('starts over when the two sides do not understand each other', async () => {
    const { join, quiet, publish, network, platform, server } = setup();
    const [alice] = [await join('alice'), await join('bob')];
    await publish(alice);
    await quiet();
    const [first] = server.rooms.get('r')?.log.filter(({ method }) => method === 'signal') ?? [];
    const channel = server.rooms.get('r')?.peers.get('alice')?.channel;
    channel?.notify('signal', {
      from: 'bob',
      connection: first?.data['connection'],
      description: { type: 'offer', sdp: 'nonsense' },
    });
    await quiet();
    await platform.clock.advance(1000);
    await quiet();
    expect(network.connections.size).toBe(4);
    expect(network.open.map(({ connectionState }) => connectionState)).toEqual(['connected', 'connected']);
  });

  it('ignores signals of strangers, of connections that are no more, and of the future', async () => {
    const { join, quiet, publish, network, server } = setup();
    const [alice] = [await join('alice'), await join('bob')];
    await publish(alice);
    await quiet();
    const channel = server.rooms.get('r')?.peers.get('alice')?.channel;
    const offer = { type: 'offer', sdp: 'nonsense' };
    channel?.notify('signal', { from: 'nobody', description: offer });
    channel?.notify('signal', { from: 'bob', connection: 'old', description: offer });
    channel?.notify('signal', { from: 'bob', connection: 'old', candidate: null });
    channel?.notify('signal', { from: 'bob', connection: 'old', telepathy: true });
    await quiet();
    expect(network.connections.size).toBe(2);
    expect(network.open.map(({ connectionState }) => connectionState)).toEqual(['connected', 'connected']);
  });

  it('is refused by a room whose media goes through the server', async () => {
    const { server, platform } = setup();
    const opening = meshDriver({
      platform,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      rtcConfiguration: {},
      tell: () => undefined,
      request: () => Promise.reject(new ParlorError('NOT_CONNECTED', '')),
    }).open({ topology: 'sfu', peerId: 'a', peers: [], producers: [], iceServers: [] });
    await expect(opening).rejects.toMatchObject({ code: 'TOPOLOGY_MISMATCH' });
    expect(server.open).toEqual([]);
  });

  it('leaves nothing behind', async () => {
    const { join, quiet, publish, network, platform, rooms } = setup();
    const [alice, bob] = [await join('alice'), await join('bob')];
    await Promise.all([publish(alice), publish(bob)]);
    await quiet();
    network.cut();
    await Promise.all(rooms.map((room) => room.disconnect()));
    expect(network.open).toEqual([]);
    expect(platform.held).toMatchObject({ timers: 0, pageListeners: 0, liveTracks: 0 });
  });
});
