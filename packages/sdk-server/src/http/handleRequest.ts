import type { Client, Dialect } from '../dialects/dialect.js';
import { isParlorError, ParlorError } from '../errors.js';
import type { Logger } from '../logger.js';
import { belowBasePath, normalizeBasePath } from './basePath.js';
import { clientAddress } from './clientAddress.js';
import { preflightMethod, preflightResponse, readableByAll } from './cors.js';
import { errorResponse } from './errorResponse.js';

export interface HttpOptions {
  dialects: readonly Dialect[];
  /** Path below which Parlor lives, as the client sees it. Default: the root. */
  basePath?: string | undefined;
  /** As `ParlorOptions.trustedProxies`. */
  trustedProxies?: number | undefined;
  logger: Logger;
}

/** `remoteAddress`: who is at the other end of the socket. */
export type RequestHandler = (request: Request, remoteAddress?: string) => Promise<Response | null>;

interface Asked {
  request: Request;
  /** Below the base path. */
  url: URL;
  client: Client;
}

/** The HTTP entrance: asks one dialect after the other. `null`: none of them knows the path. Never rejects. */
export function createRequestHandler({
  dialects,
  basePath,
  trustedProxies = 0,
  logger,
}: HttpOptions): RequestHandler {
  const base = normalizeBasePath(basePath);

  const answer = async (asked: Asked): Promise<Response | null> => {
    try {
      return (await askDialects(dialects, asked)) ?? (await explainUpgrade(dialects, asked));
    } catch (error) {
      const { request, url } = asked;
      if (!isParlorError(error) && !request.signal.aborted) {
        logger.error({ err: error, method: request.method, path: url.pathname }, 'request failed');
      }
      return errorResponse(error);
    }
  };

  return async (request, remoteAddress) => {
    const url = belowBasePath(new URL(request.url), base);
    if (!url) return null;
    const client: Client = { address: clientAddress(request.headers, { remoteAddress, trustedProxies }) };
    const asked = { request, url, client };

    const method = preflightMethod(request);
    if (method) {
      const present = await probe(answer, asked);
      return present && preflightResponse(request, { method, present });
    }

    if (request.method === 'HEAD') {
      const response = await answer({ ...asked, request: new Request(request, { method: 'GET' }) });
      await response?.body?.cancel();
      return response && readableByAll(new Response(null, response));
    }
    const response = await answer(asked);
    return response && readableByAll(response);
  };
}

async function askDialects(
  dialects: readonly Dialect[],
  { request, url, client }: Asked,
): Promise<Response | null> {
  for (const dialect of dialects) {
    const response = await dialect.handleRequest?.(request, url, client);
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
  { request, url, client }: Asked,
): Promise<Response | null> {
  if (request.method !== 'GET') return null;
  for (const dialect of dialects) {
    const handler = await dialect.handleUpgrade?.(request, url, client);
    if (handler) throw new ParlorError('UPGRADE_REQUIRED', 'open a WebSocket to this address');
  }
  return null;
}

/**
 * What is at a path; null: it is not Parlor's. Asked with a GET, which changes nothing (RFC 9110 §9.2.1) and which every
 * dialect answers on its paths, if only with a refusal.
 */
async function probe(
  answer: (asked: Asked) => Promise<Response | null>,
  preflight: Asked,
): Promise<Response | null> {
  const response = await answer({ ...preflight, request: new Request(preflight.request.url) });
  await response?.body?.cancel();
  return response;
}
