import { freePort } from '../../../../tools/testing/freePort.js';
import { readConfig } from '../../src/config.js';
import { createLogger } from '../../src/logger.js';
import { startServer, type RunningServer } from '../../src/server.js';

/**
 * The server in the process of the test, with one worker, on free ports. Those of media too: the usual ones are among those
 * that the system gives to connections that go out, and may be taken.
 */
export async function startLocalServer(env: Record<string, string>): Promise<RunningServer> {
  const flags = ['--port', '0', '--host', '127.0.0.1', '--workers', '1', '--listen-ip', '127.0.0.1'];
  const rtcPort = ['--rtc-port', String(await freePort())];
  return startServer(readConfig([...flags, ...rtcPort], env), createLogger('silent'));
}
