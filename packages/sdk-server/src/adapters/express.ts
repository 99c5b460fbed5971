import type { RequestHandler } from 'express';
import type { Parlor } from '../parlor.js';
import { askParlor, writeResponse } from './nodeRequest.js';

export { attachParlor } from './node.js';

/**
 * Middleware for Express 4 and 5, before or after body parsers. Use it at the root of the app; `basePath` of
 * `createParlor` gives Parlor a path of its own. `attachParlor(server, parlor)` adds the WebSockets.
 */
export function parlorExpress(parlor: Parlor): RequestHandler {
  return async (req, res, next) => {
    const response = await askParlor(parlor, req, res);
    if (response) await writeResponse(response, res);
    else next();
  };
}
