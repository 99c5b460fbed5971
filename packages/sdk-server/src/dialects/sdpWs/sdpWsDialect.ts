import { RoomId } from '@parlor/protocol';
import type { Access, Authorization } from '../../access/types.js';
import { ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { Dialect } from '../dialect.js';
import { decodeSegment } from '../routing.js';
import { validate } from '../validate.js';
import { sdpWsRoutes } from './routes.js';
import type { Timer } from '../timer.js';
import { SdpWsSession, type SdpWsRooms } from './SdpWsSession.js';

export interface SdpWsDialectOptions {
  readonly rooms: SdpWsRooms;
  readonly access: Access;
  readonly timer: Timer;
  readonly logger: Logger;
}

const PATH = /^\/api\/v1\/(chat|group)\/([^/]+)\/call$/;

/**
 * Calls over plain SDP (`calls-api.ru.md`): WebSockets `/api/v1/chat/:id/call` and `/api/v1/group/:id/call`, rooms
 * `chat:<id>` and `group:<id>`. Private chats and groups with the same id are different rooms.
 */
export function sdpWsDialect({ rooms, access, timer, logger }: SdpWsDialectOptions): Dialect {
  /** The chat or group of an address, where it is one of ours. */
  const placeOf = ({ pathname }: URL): { roomId: string; id: string } | undefined => {
    const [, type, segment] = PATH.exec(pathname) ?? [];
    if (type === undefined || segment === undefined) return undefined;
    const id = decodeSegment(segment);
    return { id, roomId: validate(RoomId, `${type}:${id}`, 'id') };
  };

  /** @throws UNAUTHORIZED, ROOM_NOT_ALLOWED and what else the check throws */
  const admit = async (request: Request, roomId: string): Promise<Authorization> => {
    const authorization = await access.authorize(request, { room: roomId, action: 'join' });
    // Chats belong to users: there are no anonymous ones, in development neither.
    if (authorization.userId === undefined)
      throw new ParlorError('UNAUTHORIZED', 'log in: send a token that names a user (claim sub)');
    return authorization;
  };

  return {
    name: 'sdpWs',
    routes: sdpWsRoutes,

    async handleRequest(request, url) {
      const place = request.method === 'GET' ? placeOf(url) : undefined;
      if (!place) return null;
      // What the upgrade would have been answered, where a browser can see it.
      await admit(request, place.roomId);
      throw new ParlorError('UPGRADE_REQUIRED', 'open a WebSocket to this address');
    },

    async handleUpgrade(request, url, { address }) {
      const place = placeOf(url);
      if (!place) return null;
      const authorization = await admit(request, place.roomId);
      return new SdpWsSession({ ...place, authorization, address, rooms, timer, logger });
    },
  };
}
