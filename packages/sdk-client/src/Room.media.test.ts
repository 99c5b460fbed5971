import { describe, expect, it } from 'vitest';
import { guest, join, newest, until, URL, type Guest } from './test/kit.js';
import { createLocalTracks, createLocalVideoTrack } from './tracks/createLocalTracks.js';
import { FakeMediaStreamTrack, MemoryServer } from './testing/index.js';

const sentBy = ({ drivers }: Guest) => [...newest(drivers).sent.values()];

async function pair(): Promise<[MemoryServer, Guest, Guest]> {
  const server = new MemoryServer();
  return [server, await join(server, 'alice'), await join(server, 'bob')];
}

describe('camera and microphone', () => {
  it('switch on, off and on with one producer; the camera’s light goes off, the microphone stays open', async () => {
    const [server, alice, bob] = await pair();
    const me = alice.room.localParticipant;
    const camera = await me.setCameraEnabled(true);
    const microphone = await me.setMicrophoneEnabled(true);
    await until(() => bob.events.filter((event) => event === 'trackPublished').length === 2);
    const element = camera?.track.attach();

    expect(await me.setCameraEnabled(false)).toBeUndefined();
    await me.setMicrophoneEnabled(false);
    expect(alice.platform.mediaDevices.live.map(({ kind, enabled }) => [kind, enabled])).toEqual([
      ['audio', false],
    ]);
    expect(me).toMatchObject({ isCameraEnabled: false, isMicrophoneEnabled: false });
    await until(() => bob.events.filter((event) => event === 'trackMuted').length === 2);
    expect(bob.room.remoteParticipants.get('alice')).toMatchObject({
      isCameraEnabled: false,
      isMicrophoneEnabled: false,
    });

    expect(await me.setCameraEnabled(true)).toBe(camera);
    expect(await me.setMicrophoneEnabled(true)).toBe(microphone);
    await until(() => bob.events.filter((event) => event === 'trackUnmuted').length === 2);
    expect(alice.platform.mediaDevices.requests).toHaveLength(3);
    expect(sentBy(alice).map(({ mediaStreamTrack, muted }) => [mediaStreamTrack.readyState, muted])).toEqual([
      ['live', false],
      ['live', false],
    ]);
    const stream = element?.srcObject;
    expect(stream && 'getTracks' in stream && stream.getTracks()).toEqual([camera?.track.mediaStreamTrack]);
    const produced = server.rooms.get('r')?.log.filter(({ method }) => method === 'produce');
    expect(produced).toHaveLength(2);
    expect(alice.events.filter((event) => event === 'localTrackPublished')).toHaveLength(2);
  });

  it('can do it the other way round: camera kept, microphone closed', async () => {
    const [, alice] = await pair();
    const me = alice.room.localParticipant;
    await me.setCameraEnabled(true, { stopOnMute: false });
    await me.setMicrophoneEnabled(true, { stopOnMute: true });
    await me.setCameraEnabled(false);
    await me.setMicrophoneEnabled(false);
    expect(alice.platform.mediaDevices.live.map(({ kind, enabled }) => [kind, enabled])).toEqual([
      ['video', false],
    ]);
  });

  it('end as last asked, however fast', async () => {
    const [, alice] = await pair();
    const me = alice.room.localParticipant;
    const release = alice.platform.mediaDevices.hold();
    const asked = [true, false, true, false].map((enabled) => me.setCameraEnabled(enabled));
    release();
    await Promise.all(asked);
    expect(me.isCameraEnabled).toBe(false);
    expect(alice.platform.mediaDevices.live).toEqual([]);
    expect(me.trackPublications.size).toBe(1);
  });

  it('asked for before connecting go out with the join', async () => {
    const server = new MemoryServer();
    const early = guest(server, 'early');
    const publication = await early.room.localParticipant.setCameraEnabled(true);
    expect(publication?.isPublished).toBe(false);
    expect(early.events).not.toContain('localTrackPublished');
    await early.room.connect(URL, undefined, { room: 'r' });
    await until(() => publication?.isPublished === true);
    expect(early.events.filter((event) => event === 'localTrackPublished')).toHaveLength(1);
  });

  it('are both asked for with one prompt, and one missing device does not spoil the other', async () => {
    const [, alice, bob] = await pair();
    await alice.room.localParticipant.enableCameraAndMicrophone();
    expect(alice.platform.mediaDevices.requests).toHaveLength(1);
    for (const id of ['camera-1', 'camera-2']) bob.platform.mediaDevices.unplug(id);
    await expect(bob.room.localParticipant.enableCameraAndMicrophone()).rejects.toMatchObject({
      code: 'DEVICE_NOT_FOUND',
    });
    expect(bob.room.localParticipant).toMatchObject({ isCameraEnabled: false, isMicrophoneEnabled: true });
  });

  it('are refused by the server with its reason, and nothing stays behind', async () => {
    const [server, alice] = await pair();
    server.refuseRequests('produce', 'PUBLISH_REFUSED', 403);
    await expect(alice.room.localParticipant.setCameraEnabled(true)).rejects.toMatchObject({
      code: 'PUBLISH_REFUSED',
    });
    expect(alice.room.localParticipant.trackPublications.size).toBe(0);
    expect(alice.events).not.toContain('mediaDevicesError');
    expect(alice.events).toContain('localTrackPublicationFailed');
  });

  it('muted or ended by somebody else are so here too', async () => {
    const [server, alice] = await pair();
    const publication = await alice.room.localParticipant.setMicrophoneEnabled(true);
    const room = server.rooms.get('r');
    const [producer] = [...(room?.producers.values() ?? [])];
    room?.broadcast('producerPaused', { producerId: producer?.id, peerId: 'alice' });
    await until(() => publication?.isMuted === true);
    room?.closeProducer(producer?.id ?? '');
    await until(() => alice.events.includes('localTrackUnpublished'));
    expect(alice.platform.mediaDevices.live).toEqual([]);
  });
});

describe('screen sharing', () => {
  it('publishes picture and sound, and "Stop sharing" of the browser ends both', async () => {
    const [, alice, bob] = await pair();
    const publication = await alice.room.localParticipant.setScreenShareEnabled(true);
    expect(publication?.source).toBe('screen');
    expect(publication?.track.mediaStreamTrack.contentHint).toBe('detail');
    await until(() => bob.room.remoteParticipants.get('alice')?.trackPublications.size === 2);
    expect(alice.room.localParticipant.isScreenShareEnabled).toBe(true);
    alice.platform.mediaDevices.live.find(({ kind }) => kind === 'video')?.end();
    await until(() => bob.room.remoteParticipants.get('alice')?.trackPublications.size === 0);
    expect(alice.room.localParticipant.isScreenShareEnabled).toBe(false);
    expect(alice.platform.mediaDevices.live).toEqual([]);
  });

  it('cancelled by the user is an error with a code', async () => {
    const [, alice] = await pair();
    alice.platform.mediaDevices.failNext('NotAllowedError');
    await expect(alice.room.localParticipant.setScreenShareEnabled(true)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(alice.events).toContain('mediaDevicesError');
  });
});

describe('tracks of the app', () => {
  it('from a preview are published as they are', async () => {
    const [, alice, bob] = await pair();
    const tracks = await createLocalTracks({ platform: alice.platform });
    expect(tracks.map(({ source }) => source)).toEqual(['microphone', 'camera']);
    for (const track of tracks) await alice.room.localParticipant.publishTrack(track);
    await until(() => bob.room.remoteParticipants.get('alice')?.isCameraEnabled === true);
    expect(alice.platform.mediaDevices.requests).toHaveLength(1);
    await alice.room.localParticipant.setCameraEnabled(false);
    await alice.room.localParticipant.setCameraEnabled(true);
    expect(alice.platform.mediaDevices.requests).toHaveLength(2);
  });

  it('made elsewhere carry source and name, and are unpublished by either handle', async () => {
    const [, alice, bob] = await pair();
    const canvas = new FakeMediaStreamTrack({ kind: 'video' });
    const publication = await alice.room.localParticipant.publishTrack(canvas, { name: 'whiteboard' });
    expect(await alice.room.localParticipant.publishTrack(canvas)).toBe(publication);
    await until(() => bob.events.includes('trackPublished'));
    const [remote] = [...(bob.room.remoteParticipants.get('alice')?.trackPublications.values() ?? [])];
    expect(remote).toMatchObject({ source: 'unknown', name: 'whiteboard' });
    await alice.room.localParticipant.unpublishTrack(canvas, false);
    await until(() => bob.events.includes('trackUnpublished'));
    expect(canvas.readyState).toBe('live');
    expect(canvas.listeners).toBe(0);
    await expect(alice.room.localParticipant.unpublishTrack(canvas)).rejects.toMatchObject({
      code: 'TRACK_NOT_PUBLISHED',
    });
  });

  it('whose camera was closed by muting go out when it opens again, before and after a reconnect', async () => {
    const server = new MemoryServer();
    const alice = guest(server, 'alice');
    const { localParticipant } = alice.room;
    await localParticipant.setCameraEnabled(true);
    await localParticipant.setCameraEnabled(false);
    await alice.room.connect(URL, undefined, { room: 'r' });
    const bob = await join(server, 'bob');
    expect(alice.events).not.toContain('localTrackPublicationFailed');
    expect(bob.room.remoteParticipants.get('alice')?.trackPublications.size).toBe(0);
    await localParticipant.setCameraEnabled(true);
    expect(alice.events).toContain('localTrackPublished');
    await until(() => bob.events.includes('trackPublished'));

    await localParticipant.setCameraEnabled(false);
    const [channel] = server.open;
    if (channel) server.cut(channel);
    await until(
      () => alice.room.state === 'connected' && alice.events.includes('reconnected'),
      alice.platform,
    );
    expect(alice.events).not.toContain('localTrackPublicationFailed');
    await localParticipant.setCameraEnabled(true);
    await until(
      () => bob.events.filter((name) => name === 'trackUnmuted' || name === 'trackPublished').length >= 2,
    );
    expect(localParticipant.isCameraEnabled).toBe(true);
    expect(alice.events.filter((name) => name === 'localTrackPublished')).toHaveLength(1);
  });

  it('may put a filter in front of the camera', async () => {
    const [, alice] = await pair();
    const camera = await alice.room.localParticipant.setCameraEnabled(true);
    const filtered = new FakeMediaStreamTrack({ kind: 'video' });
    await camera?.track.replaceTrack(filtered);
    expect(sentBy(alice)[0]?.mediaStreamTrack).toBe(filtered);
    expect(alice.platform.mediaDevices.live).toHaveLength(1);
    await alice.room.disconnect();
    expect(alice.platform.mediaDevices.live).toEqual([]);
    expect(filtered.readyState).toBe('ended');
  });

  it('that were stopped cannot be published', async () => {
    const [, alice] = await pair();
    const track = await createLocalVideoTrack({}, alice.platform);
    track.stop();
    await expect(alice.room.localParticipant.publishTrack(track)).rejects.toMatchObject({
      code: 'TRACK_ENDED',
    });
  });

  it('survive leaving when the app wants to keep them', async () => {
    const [, alice] = await pair();
    await alice.room.localParticipant.setCameraEnabled(true);
    await alice.room.disconnect(false);
    expect(alice.platform.mediaDevices.live).toHaveLength(1);
  });
});

describe('subscriptions', () => {
  const publicationOf = ({ room }: Guest, identity: string) => {
    const publication = room.remoteParticipants.get(identity)?.getTrackPublication('camera');
    if (!publication) throw new Error('not published');
    return publication;
  };

  it('are given up and taken again', async () => {
    const [, alice, bob] = await pair();
    await alice.room.localParticipant.setCameraEnabled(true);
    await until(() => bob.events.includes('trackSubscribed'), bob.platform);
    const publication = publicationOf(bob, 'alice');
    const element = publication.track?.attach();
    publication.setSubscribed(false);
    expect(bob.events.at(-1)).toBe('trackUnsubscribed');
    expect([publication.track, element?.srcObject]).toEqual([undefined, null]);
    publication.setSubscribed(true);
    await until(() => publication.isSubscribed, bob.platform);
    expect(newest(bob.drivers).received.size).toBe(1);
  });

  it('wait for the app when it wants to choose', async () => {
    const server = new MemoryServer();
    const alice = await join(server, 'alice');
    await alice.room.localParticipant.setCameraEnabled(true);
    const bob = await join(server, 'bob', { autoSubscribe: false });
    await bob.platform.clock.advance(1000);
    expect(newest(server.channels).requests).toEqual(['joinRoom']);
    publicationOf(bob, 'alice').setSubscribed(true);
    await until(() => bob.events.includes('trackSubscribed'), bob.platform);
  });

  it('keep pause and layers over a reconnect', async () => {
    const [server, alice, bob] = await pair();
    await alice.room.localParticipant.setCameraEnabled(true);
    await until(() => bob.events.includes('trackSubscribed'), bob.platform);
    const publication = publicationOf(bob, 'alice');
    await publication.setVideoQuality('low');
    await publication.setEnabled(false);
    const before = newest(bob.drivers);
    server.cut(newest(server.open));
    await until(() => newest(bob.drivers) !== before && newest(bob.drivers).layers.size === 1, bob.platform);
    const driver = newest(bob.drivers);
    expect([...driver.layers.values()]).toEqual([{ spatialLayer: 0 }]);
    expect(driver.notReceiving.size).toBe(1);
  });

  it('that fail are told, one by one', async () => {
    const [server, alice, bob] = await pair();
    const failures: string[] = [];
    bob.room.on('trackSubscriptionFailed', (_publication, { identity }, { code }) =>
      failures.push(`${identity} ${code}`),
    );
    server.refuseRequests('subscribe', 'CANNOT_CONSUME', 422);
    await alice.room.localParticipant.setCameraEnabled(true);
    await until(() => failures.length === 1, bob.platform);
    expect(failures).toEqual(['alice CANNOT_CONSUME']);
    expect(bob.room.state).toBe('connected');
  });

  it('of a track that ends at once leave nothing', async () => {
    const [, alice, bob] = await pair();
    const publication = await alice.room.localParticipant.setCameraEnabled(true);
    await until(() => bob.events.includes('trackPublished'));
    await alice.room.localParticipant.unpublishTrack(
      publication?.track ?? new FakeMediaStreamTrack({ kind: 'video' }),
    );
    await until(() => bob.events.includes('trackUnpublished'));
    await bob.platform.clock.advance(10);
    expect(newest(bob.drivers).received.size).toBe(0);
    expect(bob.events).not.toContain('trackSubscriptionFailed');
  });
});

describe('connection quality', () => {
  it('is the worst stream’s, and says nothing about a stream that has not begun or is muted', async () => {
    const [, alice, bob] = await pair();
    await alice.room.localParticipant.enableCameraAndMicrophone();
    await until(() => newest(bob.drivers).received.size === 2, bob.platform);
    const remote = bob.room.remoteParticipants.get('alice');
    const driver = newest(bob.drivers);
    const [first = '', second = ''] = driver.received.keys();
    driver.tellScore(first, 0);
    expect(remote?.connectionQuality).toBe('unknown');
    driver.tellScore(first, 10);
    driver.tellScore(second, 5);
    expect(remote?.connectionQuality).toBe('good');
    driver.tellScore(second, 0);
    expect(remote?.connectionQuality).toBe('lost');
    expect(bob.events.filter((event) => event === 'connectionQualityChanged')).toHaveLength(3);
    const [mine = ''] = newest(alice.drivers).sent.keys();
    newest(alice.drivers).tellScore(mine, 9);
    expect(alice.room.localParticipant.connectionQuality).toBe('excellent');
  });
});
