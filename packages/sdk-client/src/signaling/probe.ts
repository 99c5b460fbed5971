import { ParlorError } from '../errors.js';
import type { Platform } from '../platform.js';
import { httpUrl } from './url.js';

const PROBE_TIMEOUT = 5000;

const isRefusal = (body: unknown): body is { error: string; message: string } =>
  typeof body === 'object' &&
  body !== null &&
  'error' in body &&
  typeof body.error === 'string' &&
  'message' in body &&
  typeof body.message === 'string';

/**
 * Why an upgrade was refused. A browser only says that it failed, but a Parlor server answers a plain GET of
 * the same URL with the reason, or 426 when the socket itself would be welcome.
 */
export async function probe(
  socketUrl: string,
  platform: Pick<Platform, 'fetch' | 'timer'>,
): Promise<ParlorError> {
  const abort = new AbortController();
  const stopTimer = platform.timer(() => {
    abort.abort();
  }, PROBE_TIMEOUT);
  try {
    const response = await platform.fetch(httpUrl(socketUrl), { method: 'GET', signal: abort.signal });
    const body = await response.json();
    if (response.status !== 426 && isRefusal(body)) {
      return new ParlorError(body.error, body.message, { status: response.status });
    }
    return new ParlorError(
      'SERVER_UNREACHABLE',
      'The server answers but the WebSocket failed. A proxy in between must pass "Upgrade" on.',
    );
  } catch (cause) {
    return new ParlorError(
      'SERVER_UNREACHABLE',
      `No Parlor server answers at ${new URL(socketUrl).host}. Check the address, the network and the certificate.`,
      { cause },
    );
  } finally {
    stopTimer();
  }
}
