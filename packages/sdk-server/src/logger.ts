/**
 * Structured log, the shape of pino. Levels: `debug` what a maintainer wants, `info` one line a lifecycle event,
 * `warn` something to look at, `error` something broke. Never tokens, passwords or media keys.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
