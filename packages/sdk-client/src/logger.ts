/**
 * - `error`: a bug, here or on the server.
 * - `warn`: something failed and was worked around, or the app has to act.
 * - `info`: a step of the session, a handful a minute.
 * - `debug`: each message.
 *
 * `console` fits. Silent by default.
 */
export interface Logger {
  error(message: string, ...details: unknown[]): void;
  warn(message: string, ...details: unknown[]): void;
  info(message: string, ...details: unknown[]): void;
  debug(message: string, ...details: unknown[]): void;
}

const silent = () => {};

export const silentLogger: Logger = { error: silent, warn: silent, info: silent, debug: silent };
