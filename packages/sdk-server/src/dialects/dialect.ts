import type { CodeMapping, ErrorCode } from '@parlor/protocol';

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
  send(text: string): void;
  /** Ends the connection after what was sent (RFC 6455 §7.1.2); `reason` is at most 123 bytes. */
  close(code: number, reason: string): void;
  /** One listener each; set in the same tick in which the dialect gets the socket. */
  onMessage(listener: (text: string) => void): void;
  /** The frame was refused (too large, binary, too many): what to tell the client. */
  onRefused(listener: (refusal: Refusal) => void): void;
  onClose(listener: () => void): void;
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

/** One wire protocol. `null` means: not mine, ask the next. */
export interface Dialect {
  readonly name: string;
  /** Plain HTTP; errors are thrown. */
  handleRequest?(request: Request, url: URL, client: Client): Promise<Response | null>;
  /** A WebSocket upgrade; errors are thrown and become the HTTP answer. */
  handleUpgrade?(request: Request, url: URL, client: Client): Promise<SocketHandler | null>;
  /** Ends what is still open. */
  close?(): void;
}
