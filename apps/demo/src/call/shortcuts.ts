import type { Call } from '../state/Call.js';

export interface Shortcut {
  readonly key: string;
  readonly what: string;
  readonly run: (call: Call) => void;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { key: 'm', what: 'Microphone on or off', run: (call) => void call.toggleMicrophone() },
  { key: 'v', what: 'Camera on or off', run: (call) => void call.toggleCamera() },
  { key: 's', what: 'Share or stop sharing your screen', run: (call) => void call.toggleScreenShare() },
  {
    key: 'c',
    what: 'Open or close the chat',
    run: ({ store }) => {
      store.dispatch({ type: 'panelToggled', panel: 'chat' });
    },
  },
  {
    key: 'p',
    what: 'Open or close the list of people',
    run: ({ store }) => {
      store.dispatch({ type: 'panelToggled', panel: 'people' });
    },
  },
  {
    key: '?',
    what: 'Show this help',
    run: ({ store }) => {
      store.dispatch({ type: 'dialogOpened', dialog: 'help' });
    },
  },
];
