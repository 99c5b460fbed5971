import { CALL_ROOM_PREFIX, PROTOO_SUBPROTOCOL, UserId } from '@parlor/protocol';
import type { Access, Authorization } from '../../access/types.js';
import type { CallDesk } from '../../core/calls/CallDesk.js';
import { ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { SWITCHED, type Dialect, type RouteDescription, type SocketHandler } from '../dialect.js';
import { offersProtoo } from '../protoo/protooDialect.js';
import { validate } from '../validate.js';
import { CallSession } from './CallSession.js';

export interface CallsDialectOptions {
  readonly desk: CallDesk;
  readonly access: Access;
  /** Believe `?userId=` of who comes without a token: for development. */
  readonly anonymousUsers: boolean;
  readonly logger: Logger;
}

const routes: readonly RouteDescription[] = [
  {
    operationId: 'openCalls',
    method: 'GET',
    path: '/calls',
    summary: 'Calls between users, over a WebSocket with the subprotocol protoo.',
    answer: SWITCHED,
    errors: ['UPGRADE_REQUIRED'],
  },
];

/** Calls between users: WebSocket on `/calls`, with the framing of the native protocol. */
export function callsDialect({ desk, access, anonymousUsers, logger }: CallsDialectOptions): Dialect {
  const userOf = ({ userId }: Authorization, claimed: string | null): string => {
    if (userId !== undefined) return userId;
    if (!anonymousUsers) {
      throw new ParlorError('UNAUTHORIZED', 'the token names no user who could be called: add a sub claim');
    }
    if (claimed === null) throw new ParlorError('BAD_REQUEST', 'say who you are: add ?userId=');
    return claimed;
  };
  return {
    name: 'calls',
    routes,

    async handleUpgrade(request, url): Promise<SocketHandler | null> {
      if (url.pathname !== '/calls') return null;
      const authorization = await access.authorize(request, { room: `${CALL_ROOM_PREFIX}*`, action: 'call' });
      const userId = validate(UserId, userOf(authorization, url.searchParams.get('userId')), 'userId');
      const subprotocol = offersProtoo(request) ? PROTOO_SUBPROTOCOL : undefined;
      return new CallSession({ desk, userId, authorization, subprotocol, logger });
    },
  };
}
