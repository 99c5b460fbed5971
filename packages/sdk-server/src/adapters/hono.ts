import type { MiddlewareHandler } from 'hono';
import type { Parlor } from '../parlor.js';

export { attachParlor } from './node.js';

/**
 * Middleware for Hono. Upgrades never reach Hono on Node: pass what `serve()` returns to
 * `attachParlor(server, parlor)`.
 */
export function parlorHono(parlor: Parlor): MiddlewareHandler {
  return async (context, next) => {
    const response = await parlor.handleRequest(context.req.raw);
    if (response) return response;
    await next();
    return undefined;
  };
}
