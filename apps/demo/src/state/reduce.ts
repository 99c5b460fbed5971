import { initialState, type Action, type CallState, type Person } from './callState.js';

const KEPT_MESSAGES = 500;
const KEPT_TOASTS = 3;

/** The next view state. Pure: everything from outside comes in the action. */
export const reduce = (state: CallState, action: Action): CallState => {
  switch (action.type) {
    case 'joining':
      return { ...state, joining: true };
    case 'joinFailed':
      return { ...state, joining: false };
    case 'joined':
      return joined(state, action.people);
    case 'topologyChanged':
      return { ...state, topology: action.topology };
    case 'lineChanged':
      return { ...state, offline: action.offline };
    case 'reconnecting':
      return announce({ ...state, reconnecting: true, speakers: [] }, 'Connection lost. Reconnecting.');
    case 'reconnected':
      return announce({ ...state, reconnecting: false }, 'Connected again.');
    case 'ended':
      return announce(
        {
          ...initialState,
          stage: 'left',
          endedBecause: action.because,
          layout: state.layout,
          nextKey: state.nextKey,
        },
        action.because ?? 'You left the call.',
      );
    case 'backToLobby':
      return { ...initialState, layout: state.layout, nextKey: state.nextKey };
    case 'personJoined':
      return announce(withPerson(state, action.person), `${action.person.name} joined.`);
    case 'personChanged':
      return personChanged(state, action.person);
    case 'devicesOpening':
      return { ...state, openingDevices: action.opening };
    case 'deviceFailed':
      return { ...state, deviceErrors: { ...state.deviceErrors, [action.device]: action.code } };
    case 'personLeft':
      return personLeft(state, action.id);
    case 'speakersChanged':
      return { ...state, speakers: action.ids };
    case 'messageAdded':
      return messageAdded(state, action.message);
    case 'panelToggled':
      return withPanel(state, state.panel === action.panel ? undefined : action.panel);
    case 'panelClosed':
      return withPanel(state, undefined);
    case 'dialogOpened':
      return { ...state, dialog: action.dialog };
    case 'dialogClosed':
      return { ...state, dialog: undefined };
    case 'layoutToggled':
      return { ...state, layout: state.layout === 'grid' ? 'speaker' : 'grid', pinned: undefined };
    case 'pinToggled':
      return { ...state, pinned: state.pinned === action.id ? undefined : action.id };
    case 'soundBlocked':
      return { ...state, soundBlocked: action.blocked };
    case 'toastAdded':
      return toastAdded(state, action);
    case 'toastDismissed':
      return { ...state, toasts: state.toasts.filter(({ key }) => key !== action.key) };
    case 'announced':
      return announce(state, action.text);
  }
};

const announce = (state: CallState, text: string): CallState => ({
  ...state,
  announcement: { key: state.nextKey, text },
  nextKey: state.nextKey + 1,
});

const joined = (state: CallState, people: readonly Person[]): CallState => {
  const fresh = { stage: 'call', joining: false, reconnecting: false, endedBecause: undefined } as const;
  return announce({ ...state, ...fresh, people }, greeting(people));
};

const greeting = (people: readonly Person[]): string => {
  const others = people.length - 1;
  if (others < 1) return "You joined. You're the only one here.";
  return `You joined. ${String(others)} other ${others === 1 ? 'person is' : 'people are'} here.`;
};

const withPerson = (state: CallState, person: Person): CallState => {
  const known = state.people.some(({ id }) => id === person.id);
  const people = known
    ? state.people.map((each) => (each.id === person.id ? person : each))
    : [...state.people, person];
  return { ...state, people };
};

const personChanged = (state: CallState, person: Person): CallState => {
  const before = state.people.find(({ id }) => id === person.id);
  // A late event about somebody who has left must not bring them back.
  if (!before && !person.isLocal) return state;
  const next = withWorkingDevices(withPerson(state, person), person);
  if (!before) return next;
  if (!before.screen && person.screen) return announce(next, `${subject(person)} sharing a screen.`);
  if (before.screen && !person.screen) return announce(next, `${subject(person)} no longer sharing.`);
  return next;
};

/** A device that gives media has no error any more. */
const withWorkingDevices = (state: CallState, person: Person): CallState => {
  if (!person.isLocal) return state;
  const { camera, microphone } = state.deviceErrors;
  const deviceErrors = {
    ...(camera !== undefined && !person.camera ? { camera } : {}),
    ...(microphone !== undefined && !person.micOn ? { microphone } : {}),
  };
  return { ...state, deviceErrors };
};

const subject = ({ isLocal, name }: Person): string => (isLocal ? 'You are' : `${name} is`);

const personLeft = (state: CallState, id: string): CallState => {
  const person = state.people.find((each) => each.id === id);
  if (!person) return state;
  const next = {
    ...state,
    people: state.people.filter((each) => each.id !== id),
    speakers: state.speakers.filter((each) => each !== id),
    pinned: state.pinned === id ? undefined : state.pinned,
  };
  return announce(next, `${person.name} left.`);
};

const messageAdded = (
  state: CallState,
  message: Extract<Action, { type: 'messageAdded' }>['message'],
): CallState => {
  const messages = [...state.messages, { ...message, key: state.nextKey }].slice(-KEPT_MESSAGES);
  const next = { ...state, messages, nextKey: state.nextKey + 1 };
  if (message.own) return next;
  const unread = state.panel === 'chat' ? 0 : state.unread + 1;
  return announce({ ...next, unread }, `${message.fromName} says: ${message.text}`);
};

const withPanel = (state: CallState, panel: CallState['panel']): CallState => ({
  ...state,
  panel,
  unread: panel === 'chat' ? 0 : state.unread,
});

/** The same text twice is one toast: a failure may be told by the call that failed and by an event. */
const toastAdded = (state: CallState, { tone, text }: Extract<Action, { type: 'toastAdded' }>): CallState => {
  if (state.toasts.some((toast) => toast.text === text)) return state;
  const toasts = [...state.toasts, { key: state.nextKey, tone, text }].slice(-KEPT_TOASTS);
  return { ...state, toasts, nextKey: state.nextKey + 1 };
};
