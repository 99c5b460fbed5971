import { describe, expect, it } from 'vitest';
import type { Person } from '../state/callState.js';
import { arrange } from './arrange.js';

const track: NonNullable<Person['screen']> = {
  kind: 'video',
  source: 'screen',
  mediaStreamTrack: undefined,
  isMuted: false,
  attachedElements: [],
  attach: () => {
    throw new Error('not shown in this test');
  },
  detach: () => [],
};

const person = (id: string, more: Partial<Person> = {}): Person => ({
  id,
  name: id,
  isLocal: id === 'me',
  micOn: true,
  quality: 'good',
  camera: undefined,
  screen: undefined,
  microphone: undefined,
  screenAudio: undefined,
  ...more,
});

const plain = { pinned: undefined, layout: 'grid', speakers: [] } as const;
const keys = (tiles: readonly { key: string }[]) => tiles.map(({ key }) => key);

describe('arrange', () => {
  it('shows everyone the same size', () => {
    const { featured, others } = arrange({ ...plain, people: [person('me'), person('ann')] });
    expect(featured).toBeUndefined();
    expect(keys(others)).toEqual(['me/camera', 'ann/camera']);
  });

  it('makes a shared screen large and keeps its owner in the strip', () => {
    const { featured, others } = arrange({
      ...plain,
      people: [person('me'), person('ann', { screen: track })],
    });
    expect(featured?.key).toBe('ann/screen');
    expect(keys(others)).toEqual(['me/camera', 'ann/camera']);
  });

  it('puts a pinned tile before a screen', () => {
    const people = [person('me'), person('ann', { screen: track })];
    expect(arrange({ ...plain, people, pinned: 'me/camera' }).featured?.key).toBe('me/camera');
  });

  it('forgets a pin of what is gone', () => {
    expect(arrange({ ...plain, people: [person('me')], pinned: 'ann/camera' }).featured).toBeUndefined();
  });

  it('follows the loudest of the others in the speaker layout', () => {
    const people = [person('me'), person('ann'), person('bob')];
    const speaking = (speakers: string[]) =>
      arrange({ ...plain, people, layout: 'speaker', speakers }).featured?.key;
    expect(speaking(['me', 'bob', 'ann'])).toBe('bob/camera');
    expect(speaking([])).toBe('ann/camera');
  });

  it('shows no strip for one person alone', () => {
    expect(arrange({ ...plain, people: [person('me')], layout: 'speaker' }).featured).toBeUndefined();
  });
});
