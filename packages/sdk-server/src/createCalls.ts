import { nanoid } from 'nanoid';
import { guardCallRooms } from './access/callRooms.js';
import type { Access } from './access/types.js';
import { CallDesk } from './core/calls/CallDesk.js';
import { DEFAULT_CALL_OPTIONS, type CallClock } from './core/calls/types.js';
import type { CoreContext } from './core/context.js';
import type { Rooms } from './core/types.js';
import { callsDialect } from './dialects/calls/callsDialect.js';
import type { Dialect } from './dialects/dialect.js';
import type { ParlorOptions } from './options.js';

interface CallsParts {
  readonly rooms: Pick<Rooms, 'open'>;
  readonly context: Pick<CoreContext, 'hooks' | 'logger'>;
  readonly access: Access;
  readonly options: Pick<ParlorOptions, 'calls' | 'access'>;
}

export interface Calls {
  readonly desk: CallDesk;
  readonly dialect: Dialect;
  /** For every dialect: keeps the rooms of calls for those who are in the call. */
  readonly access: Access;
}

/** Calls between users: the desk that knows them, the wire to it, and the door to their rooms. */
export function createCalls({ rooms, context, access, options }: CallsParts): Calls {
  const { hooks, logger } = context;
  const desk = new CallDesk({
    rooms,
    hooks,
    logger,
    clock: callClock,
    newSecret: () => nanoid(32),
    options: { ...DEFAULT_CALL_OPTIONS, ...options.calls },
  });
  const anonymousUsers = options.access.allowAnonymous ?? false;
  return {
    desk,
    dialect: callsDialect({ desk, access, anonymousUsers, logger }),
    access: guardCallRooms(access, desk),
  };
}

const callClock: CallClock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
