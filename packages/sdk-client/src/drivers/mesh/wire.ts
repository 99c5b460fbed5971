import type { ProtooAnswers, ProtooNotifications, ProtooRequestData } from '@parlor/protocol';

export type WireJoin = ProtooAnswers['joinRoom'];
export type WireProduced = ProtooAnswers['produce'];
export type WireIceServers = ProtooAnswers['getIceServers'];

/** What goes to one peer; the server adds who it is from. */
export type OutgoingSignal = Omit<ProtooRequestData<'signal'>, 'to'>;

export type IncomingSignal = ProtooNotifications['signal'];

export type Description = NonNullable<OutgoingSignal['description']>;

/** Media section to producer id. */
export type Tracks = NonNullable<Description['tracks']>;

type Data = Record<string, unknown>;

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const TYPES: ReadonlySet<unknown> = new Set<Description['type']>(['offer', 'answer', 'rollback']);

const isTracks = (value: unknown): value is Tracks => isData(value) && Object.values(value).every(isText);

const isDescription = (value: unknown): value is Description =>
  isData(value) &&
  TYPES.has(value['type']) &&
  isText(value['sdp']) &&
  (value['tracks'] === undefined || isTracks(value['tracks']));

/** Whether a notification is a signal that is understood here: other peers may run another version. */
export const isSignal = (data: Data): data is Data & IncomingSignal => {
  const { from, connection, description, candidate } = data;
  return (
    isText(from) &&
    (connection === undefined || isText(connection)) &&
    (description === undefined || isDescription(description)) &&
    (candidate === undefined || candidate === null || (isData(candidate) && isText(candidate['candidate'])))
  );
};
