import type { Access } from './access/types.js';
import type { CoreContext } from './core/context.js';
import { RoomRegistry } from './core/RoomRegistry.js';
import { peerSignalDialect } from './dialects/peerSignal/peerSignalDialect.js';
import type { SignalClock, SignalGate } from './dialects/peerSignal/ports.js';
import type { SignalServer } from './dialects/peerSignal/socketIo.js';
import { FLOOD_BURSTS, DEFAULT_SOCKET_LIMITS, type SocketLimits } from './http/limits.js';
import { TokenBucket } from './http/TokenBucket.js';

export interface PeerSignal {
  attach(server: SignalServer): () => void;
  close(): void;
}

export interface PeerSignalParts {
  context: CoreContext;
  access: Access;
  limits: Partial<SocketLimits>;
}

/** The peerSignal dialect with rooms of its own: calls between browsers need no media worker, nor end with it. */
export function createPeerSignal({ context, access, limits }: PeerSignalParts): PeerSignal {
  const rooms = new RoomRegistry({ ...context, topology: 'p2p' });
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
  const dialect = peerSignalDialect({ rooms, access, logger: context.logger, clock, newGate });
  return {
    attach: (server) => dialect.attach(server),
    close() {
      rooms.close('serverClosing');
      dialect.close();
    },
  };
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
