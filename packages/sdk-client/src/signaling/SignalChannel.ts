import type { EventSource } from '../emitter.js';
import type { ParlorError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Platform } from '../platform.js';
import type { ReconnectPolicy } from './reconnectPolicy.js';

export interface ChannelClosed {
  /** The server's code, or `CONNECTION_LOST`. */
  readonly error: ParlorError;
  /** True when trying again cannot help. */
  readonly final: boolean;
}

export interface SignalChannelEvents {
  notification: [method: string, data: Record<string, unknown>];
  /** The connection was lost and is looked for; requests and notifications wait for it. */
  interrupted: [error: ParlorError];
  /** It is back: nothing was lost in either direction. */
  resumed: [];
  /** Once, unless closed by `close()`. Every request in flight has failed by then. */
  closed: [info: ChannelClosed];
}

/** An open, ordered, request-response connection to the server. */
export interface SignalChannel extends EventSource<SignalChannelEvents> {
  /** @throws ParlorError the server's code, `REQUEST_TIMEOUT` or `CONNECTION_LOST` */
  request(method: string, data?: unknown): Promise<unknown>;
  /** Sends what wants no answer; nothing when the connection is closed. */
  tell(method: string, data: unknown): void;
  /** From here on a lost connection is no end: the server takes the channel back by this token. */
  resumeWith(resumeToken: string): void;
  /**
   * Silent: no event follows. Requests in flight fail with `CANCELLED`. `comesBack`: this client is about to open another
   * one, and to the server it is not to look like leaving.
   */
  close(comesBack?: boolean): void;
}

export interface ChannelOptions {
  /** Complete `ws:` or `wss:` URL, query included. */
  readonly url: string;
  readonly requestTimeout: number;
  readonly connectTimeout: number;
  /** For coming back by itself. */
  readonly policy: ReconnectPolicy;
  readonly platform: Platform;
  readonly logger: Logger;
  /** Aborts opening. */
  readonly signal: AbortSignal;
}

/** Opens a channel. @throws ParlorError the server's refusal, `SERVER_UNREACHABLE` or `CANCELLED` */
export type ChannelFactory = (options: ChannelOptions) => Promise<SignalChannel>;
