import { sampleAudio, sampleDtls } from '@parlor/sdk-server/testing';
import { readFileSync } from 'node:fs';

/** What the answers so far have told. */
export type Known = Record<string, string>;

export interface Step {
  readonly operationId: string;
  readonly as: 'alice' | 'bob' | 'guest';
  readonly params?: (known: Known) => Record<string, string>;
  readonly query?: (known: Known) => Record<string, string>;
  readonly headers?: (known: Known) => Record<string, string>;
  /** JSON, or a text of the type that the route takes. */
  readonly body?: (known: Known) => unknown;
  /** What is worth keeping of the answer. */
  readonly learn?: (answer: Record<string, unknown>) => Known;
  readonly learnHeaders?: (headers: Headers) => Known;
}

const capture = (name: string): string =>
  readFileSync(
    new URL(`../../../../packages/sdk-server/test/sdp/captures/${name}.sdp`, import.meta.url),
    'utf8',
  );

const rtpCapabilities = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
  ],
};

const room = () => ({ roomId: 'room' });
const transport = (name: string) => (known: Known) => ({ transportId: known[name] ?? '' });
const producer = (known: Known) => ({ producerId: known['producer'] ?? '' });
const consumer = (known: Known) => ({ consumerId: known['consumer'] ?? '' });
const p2pRoom = (known: Known) => ({ room_id: known['p2pRoom'] ?? '' });
const idAs = (name: string) => (answer: Record<string, unknown>) => ({ [name]: String(answer['id']) });

/** A walk through every route, in an order in which each has what it needs. */
export const STEPS: readonly Step[] = [
  { operationId: 'getHealth', as: 'guest' },
  { operationId: 'getOpenApi', as: 'guest' },
  { operationId: 'getMetrics', as: 'guest' },

  // Calls over HTTP: bob publishes, alice receives.
  { operationId: 'rtcJoinRoom', as: 'alice', params: room, body: () => ({ displayName: 'Alice' }) },
  { operationId: 'rtcJoinRoom', as: 'bob', params: room, body: () => ({}) },
  { operationId: 'getRoomCapabilities', as: 'alice', params: room },
  {
    operationId: 'rtcCreateTransport',
    as: 'bob',
    body: () => ({ direction: 'send' }),
    learn: idAs('send'),
  },
  {
    operationId: 'rtcCreateTransport',
    as: 'alice',
    body: () => ({ direction: 'recv' }),
    learn: idAs('recv'),
  },
  {
    operationId: 'rtcConnectTransport',
    as: 'bob',
    params: transport('send'),
    body: () => ({ dtlsParameters: sampleDtls() }),
  },
  {
    operationId: 'rtcProduce',
    as: 'bob',
    params: transport('send'),
    body: () => ({ kind: 'audio', rtpParameters: sampleAudio(), appData: { source: 'microphone' } }),
    learn: idAs('producer'),
  },
  { operationId: 'rtcListProducers', as: 'alice', params: room },
  {
    operationId: 'rtcConsume',
    as: 'alice',
    params: transport('recv'),
    body: (known) => ({ ...producer(known), rtpCapabilities }),
    learn: idAs('consumer'),
  },
  { operationId: 'rtcResumeConsumer', as: 'alice', params: consumer },
  { operationId: 'rtcPauseConsumer', as: 'alice', params: consumer },
  { operationId: 'rtcPauseProducer', as: 'bob', params: producer },
  { operationId: 'rtcResumeProducer', as: 'bob', params: producer },
  { operationId: 'rtcRestartIce', as: 'alice', params: transport('recv') },
  { operationId: 'rtcListen', as: 'alice' },
  { operationId: 'rtcGetUsage', as: 'alice', params: room },
  { operationId: 'rtcCloseConsumer', as: 'alice', params: consumer },
  { operationId: 'rtcCloseProducer', as: 'bob', params: producer },
  { operationId: 'rtcCloseTransport', as: 'bob', params: transport('send') },
  { operationId: 'rtcLeave', as: 'bob' },

  { operationId: 'openProtoo', as: 'alice', query: () => ({ roomId: 'room', peerId: 'at-ws' }) },
  { operationId: 'openProtooAtRoot', as: 'alice', query: () => ({ roomId: 'room', peerId: 'at-root' }) },
  { operationId: 'openCalls', as: 'alice' },

  { operationId: 'openChatCall', as: 'alice', params: () => ({ id: '1' }) },
  { operationId: 'openGroupCall', as: 'alice', params: () => ({ id: '1' }) },

  ...(['Whip', 'Whep'] as const).flatMap((name): Step[] => [
    {
      operationId: `open${name}`,
      as: 'alice',
      params: room,
      body: () => capture(`chromium-${name.toLowerCase()}-offer`),
      learnHeaders: (headers) => ({ [name]: headers.get('location')?.split('/').at(-1) ?? '' }),
    },
    {
      operationId: `patch${name}`,
      as: 'alice',
      params: (known) => ({ ...room(), sessionId: known[name] ?? '' }),
      headers: () => ({ 'if-match': '*' }),
      body: () => 'a=ice-ufrag:anew\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n',
    },
    {
      operationId: `close${name}`,
      as: 'alice',
      params: (known) => ({ ...room(), sessionId: known[name] ?? '' }),
    },
  ]),

  // Rooms with a password.
  {
    operationId: 'p2pCreateRoom',
    as: 'alice',
    body: () => ({ name: 'Talk', password: 'secret', max_participants: 4, expires_minutes: 10 }),
    learn: ({ data }) => ({ p2pRoom: (data as { room_id: string }).room_id }),
  },
  {
    operationId: 'p2pJoinRoom',
    as: 'guest',
    params: p2pRoom,
    body: () => ({ password: 'secret', display_name: 'Guest' }),
  },
  { operationId: 'p2pGetRoom', as: 'alice', params: p2pRoom },
  { operationId: 'p2pOpenRoom', as: 'alice', params: p2pRoom },
  { operationId: 'p2pDeleteRoom', as: 'alice', params: p2pRoom },
];
