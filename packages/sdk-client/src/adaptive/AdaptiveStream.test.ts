import { describe, expect, it } from 'vitest';
import { join, newest, until, type Guest } from '../test/kit.js';
import { FakeMediaStreamTrack, MemoryServer } from '../testing/index.js';
import type { RoomOptions } from '../options.js';
import type { RemoteTrack, RemoteTrackPublication, TrackSource } from '../types.js';
import { BACKGROUND_DELAY, DEBOUNCE } from './AdaptiveStream.js';

interface Scene {
  readonly server: MemoryServer;
  readonly bob: Guest;
  readonly publication: RemoteTrackPublication;
  readonly track: RemoteTrack;
  readonly id: string;
  /** Layers asked for last, and whether it is received. */
  readonly wanted: () => unknown;
  readonly after: (milliseconds: number) => Promise<void>;
}

const SMALL = { size: { width: 320, height: 180 } };
const MIDDLE = { size: { width: 640, height: 360 } };
const LARGE = { size: { width: 1280, height: 720 } };

/** Alice sends 1280x720, Bob receives. */
async function scene(options: RoomOptions = {}, source: TrackSource = 'camera'): Promise<Scene> {
  const server = new MemoryServer();
  const [alice, bob] = [await join(server, 'alice'), await join(server, 'bob', options)];
  const media = new FakeMediaStreamTrack({ kind: 'video', settings: { width: 1280, height: 720 } });
  await alice.room.localParticipant.publishTrack(media, { source });
  await until(() => bob.events.includes('trackSubscribed'), bob.platform);
  const publication = bob.room.remoteParticipants.get('alice')?.getTrackPublication(source);
  if (!publication?.track) throw new Error('nothing is received');
  const id = () => [...newest(bob.drivers).received.keys()][0] ?? '';
  return {
    server,
    bob,
    publication,
    track: publication.track,
    get id() {
      return id();
    },
    wanted: () => {
      const { layers, notReceiving } = newest(bob.drivers);
      return notReceiving.has(id()) ? 'nothing' : (layers.get(id()) ?? 'all');
    },
    after: (milliseconds) => bob.platform.clock.advance(milliseconds),
  };
}

/** An element in the page, and that it is watched. */
async function shown({ bob, track }: Scene, look: Parameters<typeof bob.platform.shown.show>[1]) {
  const element = track.attach();
  bob.platform.shown.show(element, look);
  await until(() => bob.platform.shown.observed.has(element));
  return element;
}

describe('what is received', () => {
  it('follows the size, a moment later', async () => {
    const all = await scene();
    const element = await shown(all, SMALL);
    await all.after(DEBOUNCE - 1);
    expect(all.wanted()).toBe('all');
    await all.after(1);
    expect(all.wanted()).toEqual({ halvings: 2 });
    all.bob.platform.shown.show(element, MIDDLE);
    all.bob.platform.shown.show(element, LARGE);
    await all.after(DEBOUNCE);
    expect(all.wanted()).toEqual({ halvings: 0 });
  });

  it('is nothing while it cannot be seen, and comes at once when it can, as it is needed then', async () => {
    const all = await scene();
    const element = await shown(all, LARGE);
    all.bob.platform.shown.show(element, { isVisible: false });
    await all.after(DEBOUNCE);
    expect(all.wanted()).toBe('nothing');
    all.bob.platform.shown.show(element, SMALL);
    await all.after(DEBOUNCE);
    expect(all.wanted()).toBe('nothing');
    all.bob.platform.shown.show(element, { isVisible: true });
    expect(all.wanted()).toEqual({ halvings: 2 });
  });

  it('does not follow a glance away', async () => {
    const all = await scene();
    const element = await shown(all, LARGE);
    all.bob.platform.shown.show(element, { isVisible: false });
    await all.after(DEBOUNCE - 1);
    all.bob.platform.shown.show(element, { isVisible: true });
    await all.after(DEBOUNCE);
    expect(newest(all.bob.drivers).notReceiving.size).toBe(0);
  });

  it('goes on for 5 s after the page went to the background', async () => {
    const all = await scene();
    const element = await shown(all, LARGE);
    all.bob.platform.shown.show(element, { isInBackground: true });
    await all.after(BACKGROUND_DELAY - 1);
    expect(all.wanted()).toBe('all');
    await all.after(1);
    expect(all.wanted()).toBe('nothing');
    all.bob.platform.shown.show(element, { isInBackground: false });
    expect(all.wanted()).toBe('all');
  });

  it('is all there is of what is attached nowhere in the page, or opted out, or not to adapt', async () => {
    const all = await scene();
    const loose = all.track.attach();
    await until(() => all.bob.platform.shown.observed.has(loose));
    await all.after(DEBOUNCE);
    expect(all.wanted()).toBe('all');
    const small = await shown(all, SMALL);
    await all.after(DEBOUNCE);
    expect(all.wanted()).toEqual({ halvings: 2 });
    all.track.attach(small, { adaptive: false });
    all.bob.platform.shown.show(small, { isVisible: false });
    await all.after(DEBOUNCE);
    expect(all.wanted()).toEqual({ halvings: 0 });

    const never = await scene({ adaptiveStream: false });
    never.bob.platform.shown.show(never.track.attach(), { isVisible: false });
    await never.after(BACKGROUND_DELAY);
    expect(never.wanted()).toBe('all');
    expect(never.bob.platform.shown.observed.size).toBe(0);
  });

  it('is nothing without any element, once there was one, until there is one again', async () => {
    const all = await scene();
    const element = await shown(all, LARGE);
    all.track.detach(element);
    await until(() => all.bob.platform.shown.observed.size === 0);
    await all.after(DEBOUNCE);
    expect(all.wanted()).toBe('nothing');
    all.track.attach(element);
    await until(() => all.wanted() === 'all');
  });

  it('leaves text on a screen sharp', async () => {
    const all = await scene({}, 'screen');
    const element = await shown(all, MIDDLE);
    await all.after(DEBOUNCE);
    expect(all.wanted()).toBe('all');
    all.bob.platform.shown.show(element, { size: { width: 200, height: 112 } });
    await all.after(DEBOUNCE);
    expect(all.wanted()).toEqual({ halvings: 1 });
    all.bob.platform.shown.show(element, MIDDLE);
    await all.after(DEBOUNCE);
    expect(all.wanted()).toEqual({ halvings: 0 });
  });
});

describe('what the app says', () => {
  it('goes before the size, until it takes that back', async () => {
    const all = await scene();
    const element = await shown(all, SMALL);
    await all.after(DEBOUNCE);
    await all.publication.setVideoQuality('high');
    expect(all.wanted()).toEqual({ spatialLayer: 2 });
    all.bob.platform.shown.show(element, MIDDLE);
    await all.after(DEBOUNCE);
    expect(all.wanted()).toEqual({ spatialLayer: 2 });
    all.bob.platform.shown.show(element, { isVisible: false });
    await all.after(DEBOUNCE);
    expect(all.wanted()).toBe('nothing');
    all.bob.platform.shown.show(element, { isVisible: true });
    expect(all.wanted()).toEqual({ spatialLayer: 2 });
    await all.publication.setVideoQuality(undefined);
    expect(all.wanted()).toEqual({ halvings: 1 });
  });

  it('off stays off', async () => {
    const all = await scene();
    const element = await shown(all, LARGE);
    await all.publication.setEnabled(false);
    all.bob.platform.shown.show(element, { isVisible: false });
    await all.after(DEBOUNCE);
    all.bob.platform.shown.show(element, { isVisible: true });
    expect(all.wanted()).toBe('nothing');
    all.bob.platform.shown.show(element, { isVisible: false });
    await all.after(DEBOUNCE);
    await all.publication.setEnabled(true);
    expect(all.wanted()).toBe('nothing');
    all.bob.platform.shown.show(element, { isVisible: true });
    expect(all.wanted()).toBe('all');
  });
});

it('stays so when the room is joined anew, and is forgotten with the subscription', async () => {
  const all = await scene();
  const element = await shown(all, { ...SMALL, isVisible: true });
  await all.after(DEBOUNCE);
  all.bob.platform.shown.show(element, { isVisible: false });
  await all.after(DEBOUNCE);
  newest(all.bob.drivers).setState('failed');
  await until(() => all.bob.events.filter((event) => event === 'connectionStateChanged').length > 2);
  await until(() => all.bob.drivers.length === 2, all.bob.platform);
  await until(() => all.wanted() === 'nothing', all.bob.platform);
  all.bob.platform.shown.show(element, { isVisible: true });
  expect(all.wanted()).toEqual({ halvings: 2 });

  all.publication.setSubscribed(false);
  await until(() => all.bob.platform.shown.observed.size === 0);
  all.publication.setSubscribed(true);
  await until(() => all.publication.isSubscribed, all.bob.platform);
  await all.after(DEBOUNCE);
  expect(newest(all.bob.drivers).notReceiving.size).toBe(0);
  await all.bob.room.disconnect();
  expect(all.bob.platform.clock.pending).toBe(0);
});
