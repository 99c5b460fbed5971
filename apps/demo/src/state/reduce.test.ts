import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialState, type Action, type CallState, type Person } from './callState.js';
import { reduce } from './reduce.js';

const person = (id: string, more: Partial<Person> = {}): Person => ({
  id,
  name: id.toUpperCase(),
  isLocal: id === 'me',
  micOn: true,
  quality: 'good',
  camera: undefined,
  screen: undefined,
  microphone: undefined,
  screenAudio: undefined,
  ...more,
});

const screenTrack: NonNullable<Person['screen']> = {
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

const after = (...actions: Action[]): CallState => actions.reduce(reduce, initialState);
const joined: Action = { type: 'joined', people: [person('me'), person('ann')] };
const says = (text: string, own = false): Action => ({
  type: 'messageAdded',
  message: { fromId: own ? 'me' : 'ann', fromName: own ? 'ME' : 'ANN', own, text, at: 0 },
});

describe('joining', () => {
  it('goes from the lobby to the call and says who is there', () => {
    expect(after({ type: 'joining' })).toMatchObject({ stage: 'lobby', joining: true });
    const call = after({ type: 'joining' }, joined);
    expect(call).toMatchObject({ stage: 'call', joining: false });
    expect(call.announcement.text).toBe('You joined. 1 other person is here.');
  });

  it('stays where it was when refused: before a call, or after one', () => {
    expect(after({ type: 'joining' }, { type: 'joinFailed' })).toMatchObject({
      stage: 'lobby',
      joining: false,
    });
    const again = after(
      joined,
      { type: 'ended', because: 'Gone.' },
      { type: 'joining' },
      { type: 'joinFailed' },
    );
    expect(again).toMatchObject({ stage: 'left', joining: false, endedBecause: 'Gone.' });
  });

  it('ends with a reason and nothing left of the call', () => {
    const left = after(joined, says('hi'), { type: 'ended', because: 'The room was closed.' });
    expect(left).toMatchObject({
      stage: 'left',
      endedBecause: 'The room was closed.',
      people: [],
      messages: [],
      unread: 0,
    });
  });
});

describe('people', () => {
  it('are announced as they come and go', () => {
    const more = after(joined, { type: 'personJoined', person: person('bob') });
    expect(more.people.map(({ id }) => id)).toEqual(['me', 'ann', 'bob']);
    expect(more.announcement.text).toBe('BOB joined.');
    const fewer = reduce(more, { type: 'personLeft', id: 'ann' });
    expect(fewer.people.map(({ id }) => id)).toEqual(['me', 'bob']);
    expect(fewer.announcement.text).toBe('ANN left.');
  });

  it('stay one tile each, however often they are told', () => {
    const ids = fc.constantFrom('me', 'ann', 'bob', 'cid');
    const actions = fc.array(
      fc
        .record({ type: fc.constantFrom('personJoined', 'personChanged', 'personLeft'), id: ids })
        .map(({ type, id }): Action => (type === 'personLeft' ? { type, id } : { type, person: person(id) })),
    );
    fc.assert(
      fc.property(actions, (list) => {
        const shown = list.reduce(reduce, initialState).people.map(({ id }) => id);
        expect(new Set(shown).size).toBe(shown.length);
      }),
    );
  });

  it('who have left do not come back by a late change', () => {
    const state = after(
      joined,
      { type: 'personLeft', id: 'ann' },
      { type: 'personChanged', person: person('ann') },
    );
    expect(state.people.map(({ id }) => id)).toEqual(['me']);
  });

  it('lose pin and speaking ring when they leave', () => {
    const state = after(
      joined,
      { type: 'pinToggled', id: 'ann' },
      { type: 'speakersChanged', ids: ['ann'] },
      { type: 'personLeft', id: 'ann' },
    );
    expect(state).toMatchObject({ pinned: undefined, speakers: [] });
  });

  it('are announced when they share and stop sharing a screen', () => {
    const sharing = after(joined, { type: 'personChanged', person: person('ann', { screen: screenTrack }) });
    expect(sharing.announcement.text).toBe('ANN is sharing a screen.');
    const stopped = reduce(sharing, { type: 'personChanged', person: person('ann') });
    expect(stopped.announcement.text).toBe('ANN is no longer sharing.');
  });
});

describe('devices', () => {
  it('have an error until they work', () => {
    const failed = after(
      { type: 'deviceFailed', device: 'camera', code: 'DEVICE_IN_USE' },
      { type: 'deviceFailed', device: 'microphone', code: 'DEVICE_NOT_FOUND' },
      { type: 'personChanged', person: person('me', { micOn: false }) },
    );
    expect(failed.deviceErrors).toEqual({ camera: 'DEVICE_IN_USE', microphone: 'DEVICE_NOT_FOUND' });
    const working = reduce(failed, { type: 'personChanged', person: person('me', { camera: screenTrack }) });
    expect(working.deviceErrors).toEqual({});
  });
});

describe('chat', () => {
  it('counts unread messages of others while the panel is closed', () => {
    const state = after(joined, says('one'), says('two'), says('mine', true));
    expect(state.unread).toBe(2);
    expect(reduce(state, { type: 'panelToggled', panel: 'chat' })).toMatchObject({
      unread: 0,
      panel: 'chat',
    });
  });

  it('counts none while it is open, and announces them', () => {
    const state = after(joined, { type: 'panelToggled', panel: 'chat' }, says('hello'));
    expect(state.unread).toBe(0);
    expect(state.announcement.text).toBe('ANN says: hello');
  });

  it('keeps a bounded history with unique keys', () => {
    const state = Array.from({ length: 600 }, (_, n) => says(String(n))).reduce(reduce, after(joined));
    expect(state.messages).toHaveLength(500);
    expect(state.messages.at(-1)?.text).toBe('599');
    expect(new Set(state.messages.map(({ key }) => key)).size).toBe(500);
  });
});

describe('the rest', () => {
  it('toggles panels, one at a time', () => {
    const state = after({ type: 'panelToggled', panel: 'chat' }, { type: 'panelToggled', panel: 'people' });
    expect(state.panel).toBe('people');
    expect(reduce(state, { type: 'panelToggled', panel: 'people' }).panel).toBeUndefined();
  });

  it('shows the same toast once and at most three', () => {
    const toast = (text: string): Action => ({ type: 'toastAdded', tone: 'error', text });
    expect(after(toast('a'), toast('a')).toasts).toHaveLength(1);
    expect(after(...['a', 'b', 'c', 'd'].map(toast)).toasts.map(({ text }) => text)).toEqual(['b', 'c', 'd']);
  });

  it('knows how pictures and sound travel, until the call is over', () => {
    const direct = after(joined, { type: 'topologyChanged', topology: 'p2p' });
    expect(direct.topology).toBe('p2p');
    expect(reduce(direct, { type: 'topologyChanged', topology: 'sfu' }).topology).toBe('sfu');
    expect(reduce(direct, { type: 'ended', because: undefined }).topology).toBeUndefined();
  });

  it('shows the repair of the connection', () => {
    const broken = after(joined, { type: 'speakersChanged', ids: ['ann'] }, { type: 'reconnecting' });
    expect(broken).toMatchObject({ reconnecting: true, stage: 'call', speakers: [] });
    expect(reduce(broken, { type: 'reconnected' }).reconnecting).toBe(false);
  });
});
