import type { CallUser } from '@parlor/sdk-client';

/** A call that rings: at the other side, or here. */
export interface Ringing {
  readonly direction: 'outgoing' | 'incoming';
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly video: boolean;
}

/** What the page shows of calls between people. */
export interface PhoneState {
  readonly status: 'offline' | 'connecting' | 'online' | 'reconnecting';
  /** Who can be rung, by name. */
  readonly users: readonly CallUser[];
  readonly ringing: Ringing | undefined;
}

export const offline: PhoneState = { status: 'offline', users: [], ringing: undefined };

export const byName = (users: Iterable<CallUser>): readonly CallUser[] =>
  [...users].sort((a, b) => a.name.localeCompare(b.name) || a.userId.localeCompare(b.userId));

/** What to tell whoever called, or was called, when a call has ended before it began. */
export const endedText = (
  { direction, name }: Pick<Ringing, 'direction' | 'name'>,
  reason: string,
): string | undefined => {
  const texts: Record<string, string> =
    direction === 'outgoing'
      ? {
          rejected: `${name} declined.`,
          busy: `${name} is in another call.`,
          noAnswer: `${name} did not answer.`,
          connectionLost: `The connection to ${name} was lost.`,
          left: `${name} went offline.`,
          closed: 'The server ended the call.',
        }
      : {
          cancelled: `Missed call from ${name}.`,
          noAnswer: `Missed call from ${name}.`,
          connectionLost: `Missed call from ${name}.`,
          left: `Missed call from ${name}.`,
          takenElsewhere: `You answered ${name} on another device.`,
          closed: 'The server ended the call.',
        };
  return texts[reason];
};

/** Why a call that was held is over. */
export const hungUpText = (name: string, reason: string): string => {
  if (reason === 'connectionLost') return `The connection to ${name} was lost.`;
  return reason === 'closed' ? 'The server ended the call.' : `${name} hung up.`;
};
