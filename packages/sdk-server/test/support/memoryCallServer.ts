import { CallDesk } from '../../src/core/calls/CallDesk.js';
import { DEFAULT_CALL_OPTIONS } from '../../src/core/calls/types.js';
import { DEFAULT_GRANTS } from '../../src/core/permissions.js';
import { callsDialect } from '../../src/dialects/calls/callsDialect.js';
import type { Logger } from '../../src/logger.js';
import { memoryServer, memorySocket, type MemoryServer } from './memoryServer.js';
import { TestClient } from './TestClient.js';

const silent = () => undefined;

/** As `memoryServer`, for clients on `/calls`: a device is connected by its id, for a user. */
export function memoryCallServer(): MemoryServer {
  const { rooms, errors, clock } = memoryServer();
  const logger: Logger = {
    debug: silent,
    info: silent,
    warn: silent,
    error: (fields, message) => errors.push({ ...fields, message }),
  };
  let secrets = 0;
  const desk = new CallDesk({
    rooms,
    hooks: {},
    logger,
    newSecret: () => `secret-${String((secrets += 1)).padStart(26, '0')}`,
    clock: {
      now: () => performance.now(),
      after(ms, callback) {
        const timer = setTimeout(callback, ms);
        // A recording waits for what comes at once, not for a call that nobody answers.
        if (ms > 1000) timer.unref();
        return () => {
          clearTimeout(timer);
        };
      },
    },
    options: { ...DEFAULT_CALL_OPTIONS, presence: true },
  });
  return {
    rooms,
    errors,
    clock,
    async connect(deviceId, { userId = deviceId } = {}) {
      const authorization = { userId, name: undefined, grants: DEFAULT_GRANTS };
      const access = { authorize: () => Promise.resolve(authorization) };
      const dialect = callsDialect({ desk, access, logger, anonymousUsers: false });
      const url = new URL('http://localhost/calls');
      const handler = await dialect.handleUpgrade?.(new Request(url), url, { address: undefined });
      if (!handler) throw new Error('the upgrade was not taken');
      const client = new TestClient(deviceId, '');
      handler.open(memorySocket(client));
      return client;
    },
  };
}
