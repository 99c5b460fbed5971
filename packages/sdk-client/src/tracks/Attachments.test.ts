import { describe, expect, it } from 'vitest';
import { deferred, type Deferred } from '../deferred.js';
import { Playback } from '../devices/Playback.js';
import { silentLogger } from '../logger.js';
import { FakeMediaStream, FakeMediaStreamTrack, FakePlatform, settle } from '../testing/index.js';
import type { TrackKind } from '../types.js';
import { Attachments, CHANGE_OVER } from './Attachments.js';

const mediaOf = (kind: TrackKind) => new FakeMediaStreamTrack({ kind });

/** A remote track; elements that it makes itself start only when told to. */
function remote(kind: TrackKind) {
  const platform = new FakePlatform();
  const starts: Deferred<undefined>[] = [];
  const routed: string[] = [];
  const attachments = new Attachments({
    kind,
    platform: {
      createMediaStream: platform.createMediaStream,
      timer: platform.timer,
      createMediaElement: (elementKind) => {
        const element = platform.createMediaElement(elementKind);
        const start = deferred<undefined>();
        starts.push(start);
        element.play = () => start.promise;
        element.setSinkId = (id) => Promise.resolve(void routed.push(id));
        return element;
      },
    },
    playback: new Playback(silentLogger),
  });
  const element = platform.createMediaElement(kind);
  const helpers = () => platform.elements.filter((each) => each !== element);
  return { attachments, platform, element, starts, routed, helpers };
}

/** The same with media that is shown. */
function shown(kind: TrackKind) {
  const track = remote(kind);
  const first = mediaOf(kind);
  track.attachments.setMedia(first);
  track.attachments.attach(track.element);
  return { ...track, first };
}

const tracksIn = ({ srcObject }: HTMLMediaElement): MediaStreamTrack[] =>
  srcObject && 'getTracks' in srcObject ? srcObject.getTracks() : [];

/** A stream that remembers what was in it after each change. */
class WatchedStream extends FakeMediaStream {
  readonly states: MediaStreamTrack[][] = [];

  override addTrack(track: MediaStreamTrack): void {
    super.addTrack(track);
    this.states.push(this.getTracks());
  }

  override removeTrack(track: MediaStreamTrack): void {
    super.removeTrack(track);
    this.states.push(this.getTracks());
  }
}

describe('a picture that changes its media', () => {
  it('is never without a track, and nothing else stays', () => {
    const { attachments, element, first, helpers } = shown('video');
    const stream = new WatchedStream([first]);
    element.srcObject = stream;
    const second = mediaOf('video');
    attachments.setMedia(second);
    expect(stream.states.map(({ length }) => length)).not.toContain(0);
    expect(element.srcObject).toBe(stream);
    expect(tracksIn(element)).toEqual([second]);
    const copies = stream.states.flat().filter((track) => track !== first && track !== second);
    expect(copies.length).toBeGreaterThan(0);
    expect(copies.every(({ readyState }) => readyState === 'ended')).toBe(true);
    expect([first, second].map(({ readyState }) => readyState)).toEqual(['live', 'live']);
    expect(helpers()).toEqual([]);
  });

  it('takes no copy of what has ended', () => {
    const { attachments, element, first } = shown('video');
    const stream = new WatchedStream([first]);
    element.srcObject = stream;
    first.end();
    const second = mediaOf('video');
    attachments.setMedia(second);
    expect(stream.states.flat().every((track) => track === first || track === second)).toBe(true);
    expect(tracksIn(element)).toEqual([second]);
  });

  it('stands while there is no media', () => {
    const { attachments, element, first } = shown('video');
    attachments.setMedia(undefined);
    expect(tracksIn(element)).toEqual([first]);
    const second = mediaOf('video');
    attachments.setMedia(second);
    expect(tracksIn(element)).toEqual([second]);
  });
});

describe('sound that changes its media', () => {
  it('goes on until a silent element plays the new one, which is let go then', async () => {
    const { attachments, element, first, starts, helpers, platform } = shown('audio');
    const second = mediaOf('audio');
    attachments.setMedia(second);
    const [helper] = helpers();
    // The former too: Chromium would go on playing it.
    expect(helper && tracksIn(helper)).toEqual([second, first]);
    expect(helper?.muted).toBe(true);
    await settle();
    expect(tracksIn(element)).toEqual([first]);

    starts[0]?.resolve(undefined);
    await settle();
    expect(tracksIn(element)).toEqual([second]);
    expect(helpers()).toHaveLength(1);
    expect(helper?.srcObject).toBeNull();
    expect(platform.clock.pending).toBe(0);
  });

  it('does not wait for one that does not start', async () => {
    const { attachments, element, first, helpers, platform } = shown('audio');
    const second = mediaOf('audio');
    attachments.setMedia(second);
    await platform.clock.advance(CHANGE_OVER - 1);
    expect(tracksIn(element)).toEqual([first]);
    await platform.clock.advance(1);
    expect(tracksIn(element)).toEqual([second]);
    expect(helpers().map(({ srcObject }) => srcObject)).toEqual([null]);
    expect(platform.clock.pending).toBe(0);
  });

  it('does not depend on leave to play', async () => {
    const { attachments, element, starts, helpers } = shown('audio');
    const second = mediaOf('audio');
    attachments.setMedia(second);
    starts[0]?.reject(new DOMException('no gesture', 'NotAllowedError'));
    await settle();
    expect(tracksIn(element)).toEqual([second]);
    expect(helpers().map(({ srcObject }) => srcObject)).toEqual([null]);
  });

  it('changes at once when the former has ended', () => {
    const { attachments, element, first, helpers } = shown('audio');
    first.end();
    const second = mediaOf('audio');
    attachments.setMedia(second);
    expect(tracksIn(element)).toEqual([second]);
    expect(helpers()).toEqual([]);
  });

  it.each([
    ['before', [1, 0]],
    ['after', [0, 1]],
  ])('goes to the newest when that starts %s one that it has overtaken', async (_when, order) => {
    const { attachments, element, first, starts, helpers, platform } = shown('audio');
    const [second, third] = [mediaOf('audio'), mediaOf('audio')];
    attachments.setMedia(second);
    attachments.setMedia(third);
    for (const index of order) {
      expect([[first], [third]]).toContainEqual(tracksIn(element));
      starts[index]?.resolve(undefined);
      await settle();
    }
    expect(tracksIn(element)).toEqual([third]);
    expect(helpers().map(({ srcObject }) => srcObject)).toEqual([null, null]);
    expect(platform.clock.pending).toBe(0);
  });

  it('stays with what it had when the change is called off', async () => {
    const { attachments, element, first, starts, helpers } = shown('audio');
    const stream = new WatchedStream([first]);
    element.srcObject = stream;
    attachments.setMedia(mediaOf('audio'));
    attachments.setMedia(first);
    for (const start of starts) start.resolve(undefined);
    await settle();
    expect(stream.states).toEqual([]);
    expect(helpers().map(({ srcObject }) => srcObject)).toEqual([null]);
  });

  it('is over for an element that is detached meanwhile', async () => {
    const { attachments, element, starts, helpers, platform } = shown('audio');
    attachments.setMedia(mediaOf('audio'));
    attachments.detach(element);
    starts[0]?.resolve(undefined);
    await settle();
    expect(element.srcObject).toBeNull();
    expect(attachments.elements).toEqual([]);
    expect(helpers().map(({ srcObject }) => srcObject)).toEqual([null]);
    expect(platform.clock.pending).toBe(0);
  });

  it('keeps volume, silence and speaker', async () => {
    const { attachments, element, starts, routed } = shown('audio');
    attachments.volume = 0.3;
    Object.assign(element, { muted: true, sinkId: 'speaker-1' });
    const second = mediaOf('audio');
    attachments.setMedia(second);
    starts[0]?.resolve(undefined);
    await settle();
    expect(tracksIn(element)).toEqual([second]);
    expect(element).toMatchObject({ volume: 0.3, muted: true, sinkId: 'speaker-1' });
    expect(routed).toEqual(['speaker-1']);
  });
});

it('tracks that share an element change one by one', async () => {
  const { attachments: sound, element, first: heard, starts } = shown('audio');
  const { attachments: picture, first: seen } = shown('video');
  picture.attach(element);
  expect(tracksIn(element)).toEqual([heard, seen]);
  const [sound2, picture2] = [mediaOf('audio'), mediaOf('video')];
  picture.setMedia(picture2);
  expect(tracksIn(element)).toEqual([heard, picture2]);
  sound.setMedia(sound2);
  starts[0]?.resolve(undefined);
  await settle();
  expect(tracksIn(element)).toEqual([picture2, sound2]);
});

it('sound that is taken out of a shared element is silenced', async () => {
  const { attachments: sound, element, first: heard, starts, helpers } = shown('audio');
  const { attachments: picture, first: seen } = shown('video');
  picture.attach(element);
  sound.detach(element);
  expect(tracksIn(element)).toEqual([seen]);
  const [helper] = helpers();
  expect(helper && tracksIn(helper)).toEqual([heard]);
  expect(helper?.muted).toBe(true);
  starts[0]?.resolve(undefined);
  await settle();
  expect(helper?.srcObject).toBeNull();
});
