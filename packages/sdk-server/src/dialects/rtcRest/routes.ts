import { RTC_EVENTS_PATH, RtcPathParameters, RtcRoutes, type RtcOperation } from '@parlor/protocol';
import { z } from 'zod';
import type { RouteDescription } from '../dialect.js';

export const MAX_KEY_LENGTH = 255;

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: z.string().min(1).max(MAX_KEY_LENGTH),
  description:
    'Chosen by the client, e.g. a UUID: the same request with the same key is carried out once and answered the same for ten minutes.',
} as const;

const EVENTS: RouteDescription = {
  operationId: 'rtcListen',
  method: 'GET',
  path: RTC_EVENTS_PATH,
  summary: 'What happens in the room, as server-sent events.',
  parameters: [
    {
      name: 'Last-Event-ID',
      in: 'header',
      schema: z.string(),
      description:
        'The last event that the client knows: those after it come first, or `reset` with how things stand. Default: what the answer to the last join has told.',
    },
  ],
  answer: {
    status: 200,
    contentType: 'text/event-stream',
    schema: z.string(),
    description:
      'Events with JSON data: peerJoined, peerLeft, newProducer, producerClosed, producerPaused, producerResumed, consumerPaused, consumerResumed, consumerClosed, transportClosed, message, roomClosed, usage, reset, ended; without an id: activeSpeakers, producerScore, consumerScore, consumerLayersChanged.',
  },
  errors: ['ROOM_NOT_FOUND'],
};

const operations = Object.keys(RtcRoutes) as RtcOperation[];

/** All routes of the dialect, for the router and for the OpenAPI document. */
export const routes: readonly (RouteDescription & { operation: RtcOperation | 'listen' })[] = [
  { ...EVENTS, operation: 'listen' },
  ...operations.map((operation) => ({ operation, ...describe(operation) })),
];

function describe(operation: RtcOperation): RouteDescription {
  const { method, path, summary, answer, errors, ...rest } = RtcRoutes[operation];
  const inPath = Object.entries(RtcPathParameters)
    .filter(([name]) => path.includes(`{${name}}`))
    .map(([name, schema]) => ({ name, in: 'path', schema }) as const);
  return {
    operationId: `rtc${operation.charAt(0).toUpperCase()}${operation.slice(1)}`,
    method,
    path,
    summary,
    parameters: method === 'GET' ? inPath : [...inPath, IDEMPOTENCY_KEY],
    ...('body' in rest && { body: { schema: rest.body } }),
    answer: { status: 200, schema: answer },
    errors: method === 'GET' ? errors : [...errors, 'IDEMPOTENCY_KEY_REUSED'],
  };
}
