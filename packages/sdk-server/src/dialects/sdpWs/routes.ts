import { RoomId } from '@parlor/protocol';
import { SWITCHED, type RouteDescription } from '../dialect.js';

const call = (type: 'chat' | 'group'): RouteDescription => ({
  operationId: type === 'chat' ? 'openChatCall' : 'openGroupCall',
  method: 'GET',
  path: `/api/v1/${type}/{id}/call`,
  summary: `The call of a ${type === 'chat' ? 'private chat' : 'group'} over plain SDP, on a WebSocket.`,
  parameters: [{ name: 'id', in: 'path', schema: RoomId }],
  answer: SWITCHED,
  errors: ['UPGRADE_REQUIRED'],
});

/** Calls over plain SDP, for the OpenAPI document. */
export const sdpWsRoutes: readonly RouteDescription[] = [call('chat'), call('group')];
