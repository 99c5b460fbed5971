import type { MiddlewareHandler } from 'hono';
import type { IncomingMessage } from 'node:http';
import type { Parlor } from '../parlor.js';

export { attachParlor } from './node.js';

/**
 * Middleware for Hono. Upgrades never reach Hono on Node: pass what `serve()` returns to
 * `attachParlor(server, parlor)`.
 */
export function parlorHono(parlor: Parlor): MiddlewareHandler {
  return async (context, next) => {
    // What @hono/node-server puts there; other runtimes have none.
    const env = context.env as { incoming?: IncomingMessage } | undefined;
    const response = await parlor.handleRequest(context.req.raw, env?.incoming?.socket.remoteAddress);
    if (response) return response;
    await next();
    return undefined;
  };
}
