import {
  P2pCreateBody,
  P2pJoinBody,
  P2pRoomCreated,
  P2pRoomDeleted,
  P2pRoomJoined,
  P2pRoomState,
  type ErrorCode,
} from '@parlor/protocol';
import { z } from 'zod';
import { SWITCHED, type RouteDescription } from '../dialect.js';

const roomId = { name: 'room_id', in: 'path', schema: z.string() } as const;

const success = (data: z.ZodType) => z.object({ success: z.literal(true), data });
const errorBody = (codes: readonly ErrorCode[]) =>
  z.object({
    success: z.literal(false),
    code: z.enum(codes),
    message: z.string(),
    detail: z.string().optional(),
  });

/** Rooms with a password, for the OpenAPI document. */
export const p2pRoomsRoutes: readonly RouteDescription[] = [
  {
    operationId: 'p2pCreateRoom',
    method: 'POST',
    path: '/api/webrtc/rooms',
    summary: 'Open a room with a password.',
    body: { schema: P2pCreateBody },
    answer: { status: 200, schema: success(P2pRoomCreated) },
    errors: ['LIMIT_REACHED', 'MEDIA_UNAVAILABLE', 'SERVER_CLOSING'],
    errorBody,
  },
  {
    operationId: 'p2pJoinRoom',
    method: 'POST',
    path: '/api/webrtc/rooms/{room_id}/join',
    summary: 'Get a token for the WebSocket of a room, by its password.',
    parameters: [roomId],
    body: { schema: P2pJoinBody },
    answer: { status: 200, schema: success(P2pRoomJoined) },
    errors: [
      'PASSWORD_WRONG',
      'ROOM_NOT_FOUND',
      'ROOM_EXPIRED',
      'ROOM_FULL',
      'RATE_LIMITED',
      'SERVER_CLOSING',
    ],
    errorBody,
    isOpen: true,
  },
  {
    operationId: 'p2pGetRoom',
    method: 'GET',
    path: '/api/webrtc/rooms/{room_id}',
    summary: 'A room, for its creator.',
    parameters: [roomId],
    answer: { status: 200, schema: success(P2pRoomState) },
    errors: ['CREATOR_ONLY', 'ROOM_NOT_FOUND', 'ROOM_EXPIRED'],
    errorBody,
  },
  {
    operationId: 'p2pDeleteRoom',
    method: 'DELETE',
    path: '/api/webrtc/rooms/{room_id}',
    summary: 'Close a room for everybody, by its creator.',
    parameters: [roomId],
    answer: { status: 200, schema: success(P2pRoomDeleted) },
    errors: ['CREATOR_ONLY', 'ROOM_NOT_FOUND', 'ROOM_EXPIRED'],
    errorBody,
  },
  {
    operationId: 'p2pOpenRoom',
    method: 'GET',
    path: '/ws/webrtc/rooms/{room_id}',
    summary: 'What browsers in a room say to each other, over a WebSocket.',
    parameters: [roomId],
    answer: SWITCHED,
    errors: ['UPGRADE_REQUIRED', 'CREATOR_ONLY', 'ROOM_NOT_FOUND', 'ROOM_EXPIRED', 'ROOM_FULL'],
    errorBody,
  },
];
