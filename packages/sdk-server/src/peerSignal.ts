import type { Access } from './access/types.js';
import { peerSignalDialect, type PeerSignalDialect } from './dialects/peerSignal/peerSignalDialect.js';
import type { SignalClock, SignalGate, SignalRooms } from './dialects/peerSignal/ports.js';
import { clientAddress } from './http/clientAddress.js';
import { guardHandshakes } from './http/guardHandshakes.js';
import { DEFAULT_SOCKET_LIMITS, FLOOD_BURSTS, type SocketLimits } from './http/limits.js';
import { TokenBucket } from './http/TokenBucket.js';
import type { Logger } from './logger.js';

export interface PeerSignalParts {
  rooms: SignalRooms;
  access: Access;
  logger: Logger;
  limits: Partial<SocketLimits>;
  trustedProxies: number | undefined;
}

/** The peerSignal dialect, within the limits that hold for every socket. */
export function createPeerSignal(parts: PeerSignalParts): PeerSignalDialect {
  const { rooms, access, logger, limits, trustedProxies = 0 } = parts;
  const { messagesPerSecond: perSecond, messageBurst } = { ...DEFAULT_SOCKET_LIMITS, ...limits };
  const newGate = (): SignalGate => {
    const now = clock.now();
    const allowed = new TokenBucket({ perSecond, capacity: messageBurst }, now);
    const tolerated = new TokenBucket({ perSecond, capacity: messageBurst * FLOOD_BURSTS }, now);
    return {
      judge(cost) {
        const at = clock.now();
        if (take(allowed, cost, at)) return 'pass';
        return take(tolerated, cost, at) ? 'refuse' : 'end';
      },
    };
  };
  return peerSignalDialect({
    rooms,
    access,
    logger,
    clock,
    newGate,
    guardHandshakes: guardHandshakes({ access, logger }),
    addressOf: ({ headers }, remoteAddress) => clientAddress(headers, { remoteAddress, trustedProxies }),
  });
}

/** What is too much takes what is there, too: the next small message has to wait as well. */
function take(bucket: TokenBucket, cost: number, now: number): boolean {
  for (let taken = 0; taken < cost; taken++) if (!bucket.take(now)) return false;
  return true;
}

const clock: SignalClock = {
  now: () => performance.now(),
  after(ms, done) {
    const timer = setTimeout(done, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
