import { CALL_ROOM_PREFIX } from '@parlor/protocol';
import type { Invitation } from '../core/calls/types.js';
import { ParlorError } from '../errors.js';
import type { Access } from './types.js';

/** The calls as the door to their rooms sees them. */
interface Invitations {
  /** Whom a ticket for the room of a call is for. */
  invited(roomId: string, ticket: string): Invitation | undefined;
  /** Whether the room is that of a call between this user and another. */
  admits(roomId: string, userId: string): boolean;
}

/**
 * `access`, with the rooms of calls kept for the two users of each: by the ticket of the call, which needs no token
 * besides, or by a token of one of the two. Nothing else opens such a room, whatever its token says.
 */
export function guardCallRooms(access: Access, calls: Invitations): Access {
  return {
    async authorize(request, scope) {
      const { room, action } = scope;
      if (action === 'call' || !room.startsWith(CALL_ROOM_PREFIX)) return access.authorize(request, scope);
      const ticket = new URL(request.url).searchParams.get('ticket');
      const invited = ticket === null ? undefined : calls.invited(room, ticket);
      if (invited) return invited;
      const authorization = await access.authorize(request, scope);
      if (authorization.userId !== undefined && calls.admits(room, authorization.userId))
        return authorization;
      throw new ParlorError(
        'ROOM_NOT_ALLOWED',
        `${room} is no call of yours, or it is over: rooms that begin with ${CALL_ROOM_PREFIX} open by ringing somebody`,
      );
    },
  };
}
