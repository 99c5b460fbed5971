import { HealthBody, PeerId, RoomCapabilitiesBody, RoomId } from '@parlor/protocol';
import { z } from 'zod';
import { SWITCHED, type RouteDescription } from '../dialect.js';

const roomId = { name: 'roomId', in: 'path', schema: RoomId } as const;

const socket = (operationId: string, path: string): RouteDescription => ({
  operationId,
  method: 'GET',
  path,
  summary: 'The native protocol, over a WebSocket with the subprotocol protoo.',
  parameters: [
    { ...roomId, in: 'query', required: true },
    { name: 'peerId', in: 'query', schema: PeerId, required: true },
    {
      name: 'resumeToken',
      in: 'query',
      schema: z.string(),
      description: 'Of an earlier join: lets somebody come back whose access token has expired meanwhile.',
    },
  ],
  answer: SWITCHED,
  errors: ['UPGRADE_REQUIRED'],
});

/** What the native protocol has of HTTP, for the OpenAPI document. */
export const protooRoutes: readonly RouteDescription[] = [
  {
    operationId: 'getHealth',
    method: 'GET',
    path: '/health',
    summary: 'Whether the server is up.',
    answer: { status: 200, schema: HealthBody },
    isOpen: true,
  },
  {
    operationId: 'getRoomCapabilities',
    method: 'GET',
    path: '/rooms/{roomId}',
    summary: 'What the media server of a room can receive and send.',
    parameters: [roomId],
    answer: { status: 200, schema: RoomCapabilitiesBody },
    errors: ['ROOM_NOT_FOUND'],
  },
  socket('openProtoo', '/ws'),
  socket('openProtooAtRoot', '/'),
];
