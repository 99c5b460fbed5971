import type { MediaFaults, SignallingFaults } from '@parlor/sdk-client/testing';

/** What the panel's sliders and switches say. Shares are in percent. */
export interface FaultSettings {
  readonly messagesLost: number;
  readonly messagesDoubled: number;
  /** Milliseconds, each way. */
  readonly messageDelay: number;
  /** Sockets look open and nothing passes. */
  readonly muted: boolean;
  readonly serverDown: boolean;
  readonly sentLost: number;
  /** Milliseconds. */
  readonly sentLate: number;
  readonly receivedLost: number;
  /** Milliseconds. */
  readonly receivedLate: number;
  readonly iceFails: boolean;
}

export const NO_FAULTS: FaultSettings = {
  messagesLost: 0,
  messagesDoubled: 0,
  messageDelay: 0,
  muted: false,
  serverDown: false,
  sentLost: 0,
  sentLate: 0,
  receivedLost: 0,
  receivedLate: 0,
  iceFails: false,
};

export const signallingOf = (settings: FaultSettings): SignallingFaults => {
  const { messagesLost, messagesDoubled, messageDelay, muted } = settings;
  const line = muted
    ? { drop: 1 }
    : { drop: messagesLost / 100, duplicate: messagesDoubled / 100, delayMs: messageDelay };
  return { toServer: line, toClient: line };
};

export const mediaOf = ({ sentLost, sentLate, receivedLost, receivedLate }: FaultSettings): MediaFaults => ({
  send: { drop: sentLost / 100, delayMs: sentLate },
  receive: { drop: receivedLost / 100, delayMs: receivedLate },
});

/** How many of them are set. */
export const countFaults = (settings: FaultSettings): number =>
  Object.values(settings).filter((value) => value !== 0 && value !== false).length;
