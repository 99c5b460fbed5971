import type { Dialect } from '../dialects/dialect.js';
import { isParlorError, ParlorError } from '../errors.js';
import type { Logger } from '../logger.js';
import { belowBasePath, normalizeBasePath } from './basePath.js';
import { preflightMethod, preflightResponse, readableByAll } from './cors.js';
import { errorResponse } from './errorResponse.js';

export interface HttpOptions {
  dialects: readonly Dialect[];
  /** Path below which Parlor lives, as the client sees it. Default: the root. */
  basePath?: string | undefined;
  logger: Logger;
}

export type RequestHandler = (request: Request) => Promise<Response | null>;

/** The HTTP entrance: asks one dialect after the other. `null`: none of them knows the path. Never rejects. */
export function createRequestHandler({ dialects, basePath, logger }: HttpOptions): RequestHandler {
  const base = normalizeBasePath(basePath);

  const answer = async (request: Request, url: URL): Promise<Response | null> => {
    try {
      return (await askDialects(dialects, request, url)) ?? (await explainUpgrade(dialects, request, url));
    } catch (error) {
      if (!isParlorError(error) && !request.signal.aborted) {
        logger.error({ err: error, method: request.method, path: url.pathname }, 'request failed');
      }
      return errorResponse(error);
    }
  };

  return async (request) => {
    const url = belowBasePath(new URL(request.url), base);
    if (!url) return null;

    const method = preflightMethod(request);
    if (method) return (await isOurs(answer, request, url)) ? preflightResponse(request, method) : null;

    if (request.method === 'HEAD') {
      const response = await answer(new Request(request, { method: 'GET' }), url);
      await response?.body?.cancel();
      return response && readableByAll(new Response(null, response));
    }
    const response = await answer(request, url);
    return response && readableByAll(response);
  };
}

async function askDialects(
  dialects: readonly Dialect[],
  request: Request,
  url: URL,
): Promise<Response | null> {
  for (const dialect of dialects) {
    const response = await dialect.handleRequest?.(request, url);
    if (response) return response;
  }
  return null;
}

/**
 * A plain GET where a WebSocket upgrade is due. Browsers hide why an upgrade failed, so pages ask this way: a
 * refusal is the same as the upgrade's, and what would have been accepted is told to upgrade.
 */
async function explainUpgrade(
  dialects: readonly Dialect[],
  request: Request,
  url: URL,
): Promise<Response | null> {
  if (request.method !== 'GET') return null;
  for (const dialect of dialects) {
    const handler = await dialect.handleUpgrade?.(request, url);
    if (handler) throw new ParlorError('UPGRADE_REQUIRED', 'open a WebSocket to this address');
  }
  return null;
}

/**
 * Whether a path is Parlor's. Asked with a GET, which changes nothing (RFC 9110 §9.2.1) and which every dialect
 * answers on its paths, if only with a refusal.
 */
async function isOurs(
  answer: (request: Request, url: URL) => Promise<Response | null>,
  preflight: Request,
  url: URL,
): Promise<boolean> {
  const response = await answer(new Request(preflight.url), url);
  await response?.body?.cancel();
  return response !== null;
}
