import type { ProtooAnswers, ProtooNotifications, ProtooRequestData } from '@parlor/protocol';

export type WireJoin = ProtooAnswers['joinRoom'];
export type WireProduced = ProtooAnswers['produce'];

/** What goes to one peer; the server adds who it is from. */
export type OutgoingSignal = Omit<ProtooRequestData<'signal'>, 'to'>;

export type IncomingSignal = ProtooNotifications['signal'];

export type Description = NonNullable<OutgoingSignal['description']>;

/** Media section to producer id. */
export type Tracks = NonNullable<Description['tracks']>;
