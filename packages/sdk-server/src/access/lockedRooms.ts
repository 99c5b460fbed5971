import { ParlorError } from '../errors.js';
import type { Access } from './types.js';

/** Rooms with a password. */
interface LockedRooms {
  isLocked(id: string): Promise<boolean>;
}

/**
 * `access`, with rooms that have a password kept from whoever has neither that nor a token: in development others let
 * everybody in.
 */
export function guardLockedRooms(access: Access, locked: LockedRooms): Access {
  return {
    async authorize(request, scope) {
      const authorization = await access.authorize(request, scope);
      if (
        authorization.userId === undefined &&
        scope.action === 'join' &&
        (await locked.isLocked(scope.room))
      )
        throw new ParlorError(
          'ROOM_NOT_ALLOWED',
          `room ${scope.room} has a password: send a token of a user, or join it with the password`,
        );
      return authorization;
    },
  };
}
