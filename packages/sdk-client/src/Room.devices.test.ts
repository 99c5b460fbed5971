import { describe, expect, it } from 'vitest';
import { guest, join, newest, until, type Guest } from './test/kit.js';
import { MemoryServer } from './testing/index.js';

const alone = (): Promise<Guest> => join(new MemoryServer(), 'alice');
const cameraId = ({ room }: Guest) => room.localParticipant.getTrackPublication('camera')?.track.deviceId;

describe('device errors', () => {
  it.each([
    ['NotAllowedError', 'PERMISSION_DENIED'],
    ['SecurityError', 'PERMISSION_DENIED'],
    ['NotFoundError', 'DEVICE_NOT_FOUND'],
    ['NotReadableError', 'DEVICE_IN_USE'],
    ['OverconstrainedError', 'DEVICE_CONSTRAINTS'],
    ['InvalidStateError', 'CAPTURE_FAILED'],
  ])('%s is %s, as rejection and event, and can be tried again', async (name, code) => {
    const alice = await alone();
    const told: string[] = [];
    alice.room.on('mediaDevicesError', (error, subject) => told.push(`${error.code} ${subject}`));
    alice.platform.mediaDevices.failNext(name);
    await expect(alice.room.localParticipant.setCameraEnabled(true)).rejects.toMatchObject({ code });
    expect(told).toEqual([`${code} camera`]);
    expect(alice.room.localParticipant.lastCameraError?.code).toBe(code);
    await alice.room.localParticipant.setCameraEnabled(true);
    expect(alice.room.localParticipant).toMatchObject({ isCameraEnabled: true, lastCameraError: undefined });
  });

  it('without any device, or without a secure page, one still joins as a watcher', async () => {
    const server = new MemoryServer();
    const watcher = guest(server, 'watcher');
    const { mediaDevices, ...bare } = watcher.platform;
    const { Room } = await import('./Room.js');
    const room = new Room({
      platform: { ...bare, timer: watcher.platform.timer },
      channel: server.channel,
      driver: (await import('./testing/index.js')).createFakeDrivers().factory,
    });
    await room.connect('wss://x', undefined, { room: 'r' });
    expect(room.state).toBe('connected');
    expect(mediaDevices.listeners).toBe(0);
    await expect(room.localParticipant.setCameraEnabled(true)).rejects.toMatchObject({
      code: 'CAPTURE_UNSUPPORTED',
    });
    await room.disconnect();
  });
});

describe('choosing devices', () => {
  it('works before joining, and what is captured later follows', async () => {
    const { room, platform } = guest(new MemoryServer(), 'a');
    const cameras = await room.devices.list('videoinput');
    expect(cameras.map(({ deviceId }) => deviceId)).toEqual(['camera-1', 'camera-2']);
    expect(await room.devices.list()).toHaveLength(5);
    await room.switchActiveDevice('videoinput', 'camera-2');
    expect(room.devices.getActiveDevice('videoinput')).toBe('camera-2');
    const publication = await room.localParticipant.setCameraEnabled(true);
    expect(publication?.track.deviceId).toBe('camera-2');
    expect(platform.mediaDevices.requests).toHaveLength(1);
  });

  it('moves a live track over without a new publication', async () => {
    const alice = await alone();
    const changes: string[] = [];
    alice.room.on('activeDeviceChanged', (kind, deviceId) => changes.push(`${kind} ${deviceId}`));
    const publication = await alice.room.localParticipant.setCameraEnabled(true);
    await alice.room.switchActiveDevice('videoinput', 'camera-2');
    expect(cameraId(alice)).toBe('camera-2');
    expect(alice.platform.mediaDevices.live).toHaveLength(1);
    const [sent] = [...newest(alice.drivers).sent.values()];
    expect(sent?.mediaStreamTrack).toBe(publication?.track.mediaStreamTrack);
    expect(changes).toEqual(['videoinput camera-2']);
    expect(alice.events.filter((event) => event === 'localTrackPublished')).toHaveLength(1);
  });

  it('while the camera is off takes effect when it comes on', async () => {
    const alice = await alone();
    await alice.room.localParticipant.setCameraEnabled(true);
    await alice.room.localParticipant.setCameraEnabled(false);
    await alice.room.switchActiveDevice('videoinput', 'camera-2');
    expect(alice.platform.mediaDevices.live).toEqual([]);
    await alice.room.localParticipant.setCameraEnabled(true);
    expect(cameraId(alice)).toBe('camera-2');
  });

  it('stays with the old one when the new one does not work', async () => {
    const alice = await alone();
    await alice.room.localParticipant.setCameraEnabled(true);
    alice.platform.mediaDevices.failNext('NotReadableError');
    await expect(alice.room.switchActiveDevice('videoinput', 'camera-2')).rejects.toMatchObject({
      code: 'DEVICE_IN_USE',
    });
    expect(alice.room.devices.getActiveDevice('videoinput')).toBe('default');
    expect(cameraId(alice)).toBe('camera-1');
    expect(alice.platform.mediaDevices.live).toHaveLength(1);
  });

  it('routes sound to a speaker, also of elements that come later', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await join(server, 'alice'), await join(server, 'bob')];
    await bob.room.localParticipant.setMicrophoneEnabled(true);
    await until(() => alice.events.includes('trackSubscribed'), alice.platform);
    const track = alice.room.remoteParticipants.get('bob')?.getTrackPublication('microphone')?.track;
    const routed: string[] = [];
    const listen = (element: HTMLMediaElement | undefined) => {
      if (element) element.setSinkId = (id) => Promise.resolve(void routed.push(id));
    };
    listen(track?.attach());
    await alice.room.switchActiveDevice('audiooutput', 'speaker-1');
    const later = alice.platform.createMediaElement('audio');
    listen(later);
    track?.attach(later);
    expect(routed).toEqual(['speaker-1', 'speaker-1']);
  });
});

describe('unplugging', () => {
  it('falls back to another device of the kind', async () => {
    const alice = await alone();
    const changes: string[] = [];
    alice.room.on('activeDeviceChanged', (kind, deviceId) => changes.push(`${kind} ${deviceId}`));
    await alice.room.switchActiveDevice('videoinput', 'camera-2');
    await alice.room.localParticipant.setCameraEnabled(true);
    alice.platform.mediaDevices.unplug('camera-2');
    await until(() => cameraId(alice) === 'camera-1');
    await until(() => changes.length === 2);
    expect(changes).toEqual(['videoinput camera-2', 'videoinput default']);
    expect(alice.room.localParticipant.isCameraEnabled).toBe(true);
  });

  it('of the last one mutes, tells, and recovers when one is plugged in', async () => {
    const alice = await alone();
    const told: string[] = [];
    alice.room.on('mediaDevicesError', (error, subject) => told.push(`${error.code} ${subject}`));
    alice.platform.mediaDevices.unplug('microphone-2');
    await alice.room.localParticipant.setMicrophoneEnabled(true);
    alice.platform.mediaDevices.unplug('microphone-1');
    await until(() => alice.events.includes('trackMuted'));
    expect(told).toEqual(['DEVICE_LOST microphone']);
    expect(alice.room.localParticipant.lastMicrophoneError?.code).toBe('DEVICE_LOST');
    alice.platform.mediaDevices.plug({ kind: 'audioinput', deviceId: 'new', label: 'New' });
    await alice.room.localParticipant.setMicrophoneEnabled(true);
    expect(alice.room.localParticipant.isMicrophoneEnabled).toBe(true);
  });

  it('of a chosen speaker goes back to the default one', async () => {
    const alice = await alone();
    await alice.room.switchActiveDevice('audiooutput', 'speaker-1');
    alice.platform.mediaDevices.plug({ kind: 'audiooutput', deviceId: 'speaker-2', label: 'Other' });
    alice.platform.mediaDevices.unplug('speaker-1');
    await until(() => alice.room.devices.getActiveDevice('audiooutput') === 'default');
  });
});

describe('autoplay', () => {
  it('blocked by the browser is an event, and startAudio in a click helps', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await join(server, 'alice'), await join(server, 'bob')];
    await bob.room.localParticipant.enableCameraAndMicrophone();
    await until(
      () => alice.events.filter((event) => event === 'trackSubscribed').length === 2,
      alice.platform,
    );
    alice.platform.autoplay.allowed = false;
    const told: boolean[] = [];
    alice.room.on('audioPlaybackStatusChanged', (playing) => told.push(playing));
    const remote = alice.room.remoteParticipants.get('bob');
    const video = remote?.getTrackPublication('camera')?.track?.attach();
    expect(video?.muted).toBe(true);
    const audio = remote?.getTrackPublication('microphone')?.track?.attach();
    expect(audio?.muted).toBe(false);
    await until(() => told.length === 1);
    expect(alice.room.canPlaybackAudio).toBe(false);
    await expect(alice.room.startAudio()).rejects.toMatchObject({ code: 'PLAYBACK_BLOCKED' });
    alice.platform.autoplay.allowed = true;
    await alice.room.startAudio();
    expect(told).toEqual([false, true]);
    remote?.setVolume(0.3);
    expect(audio?.volume).toBe(0.3);
  });

  it('forgets a blocked element that is detached', async () => {
    const server = new MemoryServer();
    const [alice, bob] = [await join(server, 'alice'), await join(server, 'bob')];
    alice.platform.autoplay.allowed = false;
    await bob.room.localParticipant.setMicrophoneEnabled(true);
    await until(() => alice.events.includes('trackSubscribed'), alice.platform);
    alice.room.remoteParticipants.get('bob')?.getTrackPublication('microphone')?.track?.attach();
    await until(() => !alice.room.canPlaybackAudio);
    await bob.room.disconnect();
    await until(() => alice.room.canPlaybackAudio);
  });
});
