import type { CodeMapping, ErrorCode } from '@parlor/protocol';
import type { z } from 'zod';

/**
 * The seam between HTTP and the wire protocols. A dialect sees web-standard requests and framed sockets,
 * never a framework.
 */

/** Why a frame did not become a message. */
export interface Refusal extends CodeMapping {
  code: ErrorCode;
  message: string;
  /** What the frame said, where looking at it costs little: a request in it can be answered instead of left waiting. */
  text?: string;
}

/** A WebSocket as a dialect sees it: text frames in order, already bounded, rate-limited and kept alive. */
export interface FramedSocket {
  /** @param isAscii it is known to be, which saves a look at each character. */
  send(text: string, isAscii?: boolean): void;
  /** The same for what nobody waits for: it goes with what is sent next, and a moment later at the latest. */
  sendSoon(text: string, isAscii?: boolean): void;
  /** A part of what was sent is still waiting for the client to read: what may be left out should be. */
  readonly isBehind: boolean;
  /** Hears once that the client has read all that was waiting. Nothing is said when there was nothing. */
  onCaughtUp(listener: () => void): void;
  /** Ends the connection after what was sent (RFC 6455 §7.1.2); `reason` is at most 123 bytes. */
  close(code: number, reason: string): void;
  /** One listener each; set in the same tick in which the dialect gets the socket. */
  onMessage(listener: (text: string) => void): void;
  /** The frame was refused (too large, binary, too many): what to tell the client. */
  onRefused(listener: (refusal: Refusal) => void): void;
  /** `code`: as in RFC 6455 §7.4. */
  onClose(listener: (code: number) => void): void;
}

/** What a dialect says to an upgrade that is its own: a handler for the open socket. Refusals are thrown. */
export interface SocketHandler {
  /** The subprotocol to answer with (RFC 6455 §4.2.2). */
  readonly subprotocol: string | undefined;
  open(socket: FramedSocket): void;
}

/** What a request itself does not say. */
export interface Client {
  /** IP address; undefined: not known. */
  readonly address: string | undefined;
}

/** One HTTP route, for the OpenAPI document; its schemas are those that validate. */
export interface RouteDescription {
  /** Of all routes of all dialects, one. */
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base path, parameters in braces. */
  readonly path: string;
  readonly summary: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly schema: z.ZodType;
    /** Those of the path always are. */
    readonly required?: boolean;
    readonly description?: string;
  }[];
  /** Of JSON, where `contentType` does not say otherwise. */
  readonly body?: RouteContent;
  readonly answer: RouteContent & { readonly status: number };
  /** What it refuses by, besides a token, a body or a parameter that is wrong. */
  readonly errors?: readonly ErrorCode[];
  /** Of errors; default: `{ error, message }`. */
  readonly errorBody?: (codes: readonly ErrorCode[]) => z.ZodType;
  /** Needs no token. */
  readonly isOpen?: true;
}

export interface RouteContent {
  /** None: nothing, or text of which no more can be said. */
  readonly schema?: z.ZodType;
  readonly contentType?: string;
  readonly description?: string;
}

/** The answer where a WebSocket opens (RFC 6455 §4.2.2). */
export const SWITCHED = { status: 101, description: 'The connection is a WebSocket now.' } as const;

/** One wire protocol. `null` means: not mine, ask the next. */
export interface Dialect {
  readonly name: string;
  readonly routes?: readonly RouteDescription[];
  /** Plain HTTP; errors are thrown. */
  handleRequest?(request: Request, url: URL, client: Client): Promise<Response | null>;
  /** A WebSocket upgrade; errors are thrown and become the HTTP answer. */
  handleUpgrade?(request: Request, url: URL, client: Client): Promise<SocketHandler | null>;
  /** Ends what is still open. */
  close?(): void;
}
