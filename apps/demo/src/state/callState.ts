import type { ConnectionQuality, Topology, Track } from '@parlor/sdk-client';

/** What the page shows of a participant. Pictures are there only while there is something to see. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly isLocal: boolean;
  readonly micOn: boolean;
  readonly quality: ConnectionQuality;
  readonly camera: Track | undefined;
  readonly screen: Track | undefined;
  readonly microphone: Track | undefined;
  readonly screenAudio: Track | undefined;
}

export interface ChatMessage {
  readonly key: number;
  readonly fromId: string;
  readonly fromName: string;
  readonly own: boolean;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Toast {
  readonly key: number;
  readonly tone: 'info' | 'error';
  readonly text: string;
}

export type Stage = 'lobby' | 'call' | 'left';
export type Panel = 'chat' | 'people';
export type DialogName = 'devices' | 'help';
export type Layout = 'grid' | 'speaker';

export interface CallState {
  readonly stage: Stage;
  /** Asked to be let in, no answer yet. */
  readonly joining: boolean;
  /** The path to the room is being repaired. */
  readonly reconnecting: boolean;
  /** The line to the server is broken; pictures and sound go on. */
  readonly offline: boolean;
  /** How pictures and sound travel; undefined outside a call. */
  readonly topology: Topology | undefined;
  /** Why the call is over, as text; undefined when this page left by itself. */
  readonly endedBecause: string | undefined;
  /** This page first, then the others in the order in which they joined. */
  readonly people: readonly Person[];
  /** Ids, loudest first. */
  readonly speakers: readonly string[];
  readonly messages: readonly ChatMessage[];
  readonly unread: number;
  readonly panel: Panel | undefined;
  readonly dialog: DialogName | undefined;
  readonly layout: Layout;
  readonly pinned: string | undefined;
  readonly soundBlocked: boolean;
  readonly toasts: readonly Toast[];
  /** The browser is being asked for camera and microphone. */
  readonly openingDevices: boolean;
  /** Codes of what keeps the camera and the microphone from working. */
  readonly deviceErrors: { readonly camera?: string; readonly microphone?: string };
  /** For screen readers; `key` makes a repeated text a new one. */
  readonly announcement: { readonly key: number; readonly text: string };
  readonly nextKey: number;
}

export const initialState: CallState = {
  stage: 'lobby',
  joining: false,
  reconnecting: false,
  offline: false,
  topology: undefined,
  endedBecause: undefined,
  people: [],
  speakers: [],
  messages: [],
  unread: 0,
  panel: undefined,
  dialog: undefined,
  layout: 'grid',
  pinned: undefined,
  soundBlocked: false,
  toasts: [],
  openingDevices: false,
  deviceErrors: {},
  announcement: { key: 0, text: '' },
  nextKey: 1,
};

export type Action =
  | { readonly type: 'joining' }
  | { readonly type: 'joinFailed' }
  | { readonly type: 'joined'; readonly people: readonly Person[] }
  | { readonly type: 'topologyChanged'; readonly topology: Topology | undefined }
  | { readonly type: 'reconnecting' }
  | { readonly type: 'lineChanged'; readonly offline: boolean }
  | { readonly type: 'reconnected' }
  | { readonly type: 'ended'; readonly because: string | undefined }
  | { readonly type: 'backToLobby' }
  | { readonly type: 'personChanged'; readonly person: Person }
  | { readonly type: 'personJoined'; readonly person: Person }
  | { readonly type: 'devicesOpening'; readonly opening: boolean }
  | { readonly type: 'deviceFailed'; readonly device: 'camera' | 'microphone'; readonly code: string }
  | { readonly type: 'personLeft'; readonly id: string }
  | { readonly type: 'speakersChanged'; readonly ids: readonly string[] }
  | { readonly type: 'messageAdded'; readonly message: Omit<ChatMessage, 'key'> }
  | { readonly type: 'panelToggled'; readonly panel: Panel }
  | { readonly type: 'panelClosed' }
  | { readonly type: 'dialogOpened'; readonly dialog: DialogName }
  | { readonly type: 'dialogClosed' }
  | { readonly type: 'layoutToggled' }
  | { readonly type: 'pinToggled'; readonly id: string }
  | { readonly type: 'soundBlocked'; readonly blocked: boolean }
  | { readonly type: 'toastAdded'; readonly tone: Toast['tone']; readonly text: string }
  | { readonly type: 'toastDismissed'; readonly key: number }
  | { readonly type: 'announced'; readonly text: string };
