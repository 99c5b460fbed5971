export interface ServerAddress {
  kind: 'parlor' | 'raw' | 'janus';
  url: string;
  token: string;
}

export interface FirstFrame {
  /** From the call that joins to the first decoded frame, milliseconds. */
  ms: number;
  /** Signalling round trips that were waited for after the socket was open. */
  roundTrips: number;
}

export interface BenchPage {
  publish(server: ServerAddress): Promise<void>;
  firstFrame(server: ServerAddress): Promise<FirstFrame>;
}

/** Of the page for P2P rooms. */
export interface MeshPage {
  send(server: ServerAddress): Promise<void>;
  /** Resolves with the first frame that is shown. */
  watch(server: ServerAddress): Promise<void>;
}

/** Longest times without something new, milliseconds. */
export interface Gaps {
  video: number;
  /** How many frames were shown. */
  frames: number;
  /** Where the page listens. */
  audio?: number;
}

export type Direction = 'send' | 'recv';

export type WayBack = 'newPath' | 'rejoin' | 'mediaRepaired';

/** Of the page whose call is disturbed. */
export interface RecoveryPage {
  /** @param usesDevices Sends a camera and a microphone, and not what it makes itself */
  join(server: ServerAddress, usesDevices: boolean): Promise<void>;
  /** What the page plays is measured from now on. */
  listen(): Promise<void>;
  /** From here on gaps are counted. */
  mark(): void;
  gaps(): Gaps;
  topologyIs(topology: 'sfu' | 'p2p'): Promise<void>;
  /** Milliseconds until signalling is back. */
  cutSocket(): Promise<number>;
  /** As the browser does when there is a network again. */
  tellOnline(): void;
  /** Before something breaks: what shows that it did, and was repaired. */
  expect(what: WayBack): void;
  /** Resolves when that has come, and frames with it. */
  repaired(): Promise<void>;
  /** From here on repairs are counted. */
  watchRepairs(): void;
  /** Milliseconds until the first repair of a direction began. */
  noticed(direction: Direction): number | undefined;
  recovered(direction: Direction): boolean;
}

/** What was seen and heard for a while. */
export interface Observed {
  /** Between frames that were shown, milliseconds. */
  longestGap: number;
  /** In what the page plays, milliseconds. */
  longestSilence: number;
  /** How often the page was painted with nothing, or neither picture, in the element. */
  withoutPicture: number;
}

/** Of the page that receives one picture and one sound by two ways. */
export interface SwapPage {
  open(): Promise<void>;
  /** @param changing Whether elements change to the other way meanwhile */
  observe(changing: boolean): Promise<Observed>;
}
