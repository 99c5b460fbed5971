import { RoomId, SDP_FRAGMENT_TYPE, SDP_TYPE, WhepQuery, WhipQuery } from '@parlor/protocol';
import { z } from 'zod';
import type { RouteDescription } from '../dialect.js';

const roomId = { name: 'roomId', in: 'path', schema: RoomId } as const;
const sessionId = {
  name: 'sessionId',
  in: 'path',
  schema: z.string(),
  description: 'As in the Location of the answer to the offer. It opens the session: no token is asked for.',
} as const;
const ifMatch = {
  name: 'If-Match',
  in: 'header',
  schema: z.string(),
  required: true,
  description: 'The ETag of the last answer; * to restart ICE.',
} as const;

const queryOf = (query: z.ZodObject) =>
  Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: 'query' as const,
    schema: schema as z.ZodType,
  }));

const routesOf = (
  name: 'Whip' | 'Whep',
  offer: Pick<RouteDescription, 'summary' | 'parameters' | 'errors'>,
) => {
  const endpoint = `/${name.toLowerCase()}/{roomId}`;
  const session = `${endpoint}/{sessionId}`;
  return [
    {
      operationId: `open${name}`,
      method: 'POST',
      path: endpoint,
      ...offer,
      body: {
        contentType: SDP_TYPE,
        description: 'An offer (RFC 3264): one audio and one video section at most.',
      },
      answer: {
        status: 201,
        contentType: SDP_TYPE,
        description: 'The answer. Location: the session; ETag: its ICE session; Link: ICE servers.',
      },
    },
    {
      operationId: `patch${name}`,
      method: 'PATCH',
      path: session,
      summary: 'Tell of ICE candidates (204), or restart ICE (200).',
      parameters: [roomId, sessionId, ifMatch],
      body: { contentType: SDP_FRAGMENT_TYPE, description: 'A fragment as in RFC 8840.' },
      answer: {
        status: 200,
        contentType: SDP_FRAGMENT_TYPE,
        description: 'The new credentials of the server.',
      },
      errors: [
        'NOT_FOUND',
        'SDP_INVALID',
        'CONTENT_TYPE_UNSUPPORTED',
        'PRECONDITION_FAILED',
        'PRECONDITION_REQUIRED',
      ],
      isOpen: true,
    },
    {
      operationId: `close${name}`,
      method: 'DELETE',
      path: session,
      summary: 'End the session.',
      parameters: [roomId, sessionId],
      answer: { status: 200 },
      errors: ['NOT_FOUND'],
      isOpen: true,
    },
  ] as const satisfies RouteDescription[];
};

const OFFER_ERRORS = [
  'SDP_INVALID',
  'SDP_UNSUPPORTED',
  'CONTENT_TYPE_UNSUPPORTED',
  'NOT_ACCEPTABLE',
  'MESSAGE_TOO_LARGE',
  'FORBIDDEN',
  'ROOM_NOT_FOUND',
  'JOIN_REFUSED',
  'LIMIT_REACHED',
  'TOPOLOGY_MISMATCH',
  'MEDIA_UNAVAILABLE',
] as const;

/** Publishing and watching by HTTP, for the OpenAPI document. */
export const whipRoutes: readonly RouteDescription[] = [
  ...routesOf('Whip', {
    summary: 'Publish by WHIP (RFC 9725).',
    parameters: [roomId, ...queryOf(WhipQuery)],
    errors: [...OFFER_ERRORS, 'UNSUPPORTED_MEDIA', 'PUBLISH_REFUSED'],
  }),
  ...routesOf('Whep', {
    summary: 'Watch by WHEP (draft-ietf-wish-whep).',
    parameters: [roomId, ...queryOf(WhepQuery)],
    errors: OFFER_ERRORS,
  }),
];
