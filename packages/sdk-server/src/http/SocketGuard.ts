import { CODES, type ErrorCode } from '@parlor/protocol';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { FramedSocket, Refusal } from '../dialects/dialect.js';
import type { Clock } from './clock.js';
import { FLOOD_BURSTS, type SocketLimits } from './limits.js';
import { isNestedDeeperThan } from '../dialects/nesting.js';
import { textFrame } from './textFrame.js';
import { TokenBucket } from './TokenBucket.js';

/** A client that has more than this to read is behind, bytes: about what a system keeps for a socket anyway. */
const BEHIND_BYTES = 64 * 1024;

/** Refused messages up to this size are looked at, so that a request in them gets its answer; bytes. */
const SMALL_MESSAGE = 4096;

/** What nobody waits for is held for so long, ms: somebody who comes in brings something to tell in this time. */
const SOON_MS = 50;

/** Knows its guard, so that one listener serves all sockets: there are thousands, and most only wait. */
export class GuardedWebSocket extends WebSocket {
  guard: SocketGuard | undefined;

  /** After what was said before. ws itself calls it when the client closes. */
  override close(code?: number, reason?: string): void {
    this.guard?.flush();
    super.close(code, reason);
  }
}

/** The WebSocket, the stream under it, and what it may cost. */
export interface GuardedSocket {
  ws: GuardedWebSocket;
  stream: Duplex;
  limits: SocketLimits;
  clock: Clock;
  /** Hears that the connection is over. */
  gone: (guard: SocketGuard) => void;
}

/** Keeps one connection within its limits; what passes reaches the dialect. */
export class SocketGuard implements FramedSocket {
  readonly #ws: GuardedWebSocket;
  readonly #stream: Duplex;
  readonly #limits: SocketLimits;
  readonly #clock: Clock;
  readonly #gone: GuardedSocket['gone'];
  readonly #allowed: TokenBucket;
  /** Made for the few that need one. */
  #tolerated: TokenBucket | undefined;
  #heardAt: number;
  /** Frames of this turn, and those before them that nobody waits for. */
  #unwritten = '';
  #isDue = false;
  #onMessage: ((text: string) => void) | undefined;
  #onRefused: ((refusal: Refusal) => void) | undefined;
  #onClose: ((code: number) => void) | undefined;

  constructor({ ws, stream, limits, clock, gone }: GuardedSocket) {
    this.#ws = ws;
    this.#stream = stream;
    this.#limits = limits;
    this.#clock = clock;
    this.#gone = gone;
    const now = clock.now();
    const { messagesPerSecond: perSecond, messageBurst } = limits;
    this.#allowed = new TokenBucket({ perSecond, capacity: messageBurst }, now);
    this.#heardAt = now;

    ws.guard = this;
    ws.on('message', SocketGuard.#message);
    ws.on('ping', SocketGuard.#ping);
    ws.on('pong', SocketGuard.#pong);
    ws.on('close', SocketGuard.#close);
    // `close` follows; what was wrong with a frame ws has already told the client (RFC 6455 §7.4.1).
    ws.on('error', ignore);
  }

  // ws gives buffers unless `binaryType` says otherwise.
  static #message(this: WebSocket, data: unknown, isBinary: boolean): void {
    const guard = guardOf(this);
    if (guard) guard.#receive(data as Buffer, isBinary);
  }

  static #ping(this: WebSocket): void {
    const guard = guardOf(this);
    if (guard && !guard.#allowed.take(guard.#heard())) guard.#tolerate();
  }

  static #pong(this: WebSocket): void {
    const guard = guardOf(this);
    if (guard) guard.#heard();
  }

  static #close(this: WebSocket, code: number): void {
    const guard = guardOf(this);
    if (!guard) return;
    guard.#gone(guard);
    guard.#onClose?.(code);
  }

  /** Those that have something to write at the end of this turn. */
  static #toWrite: SocketGuard[] = [];

  static #writeAll(): void {
    const guards = SocketGuard.#toWrite;
    SocketGuard.#toWrite = [];
    for (const guard of guards) guard.flush();
  }

  /** Those that have something to write some time soon. One timer for all sockets. */
  static #toWriteSoon: SocketGuard[] = [];

  static #writeSoon(): void {
    const guards = SocketGuard.#toWriteSoon;
    SocketGuard.#toWriteSoon = [];
    for (const guard of guards) guard.flush();
  }

  /**
   * One write in one piece for all that is sent in this turn: writes cost more than anything else here, and ws would
   * write the header of a frame apart from its text. The next tick comes after all promise callbacks and before any I/O,
   * so nothing is held back. Nothing of ws is under way when it comes: no message is sent in parts or compressed.
   */
  send(text: string, isAscii?: boolean): void {
    if (!this.#canWrite()) return;
    this.#unwritten += textFrame(text, isAscii);
    if (this.#isDue) return;
    this.#isDue = true;
    if (SocketGuard.#toWrite.push(this) === 1) process.nextTick(SocketGuard.#writeAll);
  }

  sendSoon(text: string, isAscii?: boolean): void {
    if (!this.#canWrite()) return;
    if (this.#unwritten === '' && SocketGuard.#toWriteSoon.push(this) === 1)
      setTimeout(SocketGuard.#writeSoon, SOON_MS);
    this.#unwritten += textFrame(text, isAscii);
  }

  /** Writes what is sent before the turn ends. */
  flush(): void {
    const frames = this.#unwritten;
    this.#unwritten = '';
    this.#isDue = false;
    if (frames !== '' && this.#ws.readyState === WebSocket.OPEN) this.#stream.write(frames, 'latin1');
  }

  get isBehind(): boolean {
    return this.#unwritten.length + this.#stream.writableLength > BEHIND_BYTES;
  }

  onCaughtUp(listener: () => void): void {
    this.#stream.once('drain', listener);
  }

  close(code: number, reason: string): void {
    // After `closeTimeoutMs` without an answer ws ends the connection by itself.
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.close(code, truncated(reason));
  }

  onMessage(listener: (text: string) => void): void {
    this.#onMessage = listener;
  }

  onRefused(listener: (refusal: Refusal) => void): void {
    this.#onRefused = listener;
  }

  onClose(listener: (code: number) => void): void {
    const earlier = this.#onClose;
    this.#onClose = earlier
      ? (code) => {
          earlier(code);
          listener(code);
        }
      : listener;
  }

  /** Ends a connection that is silent or stuck, pings one that has been silent for a while. */
  check(now: number): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    const silence = now - this.#heardAt;
    if (silence >= this.#limits.idleTimeoutMs) this.#end('IDLE_TIMEOUT', 'nothing heard for too long');
    else if (this.#isTooSlow()) return;
    else if (silence >= this.#limits.heartbeatMs) this.#ws.ping();
  }

  terminate(): void {
    this.#ws.terminate();
  }

  /** Judged once a write and by what is left of earlier ones: a large answer is no fault of its reader. */
  #canWrite(): boolean {
    return this.#ws.readyState === WebSocket.OPEN && (this.#unwritten !== '' || !this.#isTooSlow());
  }

  #heard(): number {
    return (this.#heardAt = this.#clock.now());
  }

  #receive(data: Buffer, isBinary: boolean): void {
    const now = this.#heard();
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    if (!this.#allowed.take(now)) {
      const text = isBinary || data.length > SMALL_MESSAGE ? undefined : data.toString('utf8');
      if (this.#tolerate()) this.#refuse('RATE_LIMITED', 'too many messages: slow down', text);
      return;
    }
    if (isBinary) {
      this.#refuse('BINARY_NOT_SUPPORTED', 'messages must be text frames');
      return;
    }
    if (data.length > this.#limits.maxMessageBytes) {
      this.#refuse(
        'MESSAGE_TOO_LARGE',
        `a message may have ${String(this.#limits.maxMessageBytes)} bytes at most`,
      );
      return;
    }
    const text = data.toString('utf8');
    if (isNestedDeeperThan(this.#limits.maxNesting, text)) {
      this.#refuse(
        'BAD_REQUEST',
        `a message may be nested ${String(this.#limits.maxNesting)} levels at most`,
        data.length > SMALL_MESSAGE ? undefined : text,
      );
      return;
    }
    this.#onMessage?.(text);
  }

  #refuse(code: ErrorCode, message: string, text?: string): void {
    this.#onRefused?.({ code, message, ...CODES[code], ...(text !== undefined && { text }) });
  }

  /** Whether the connection may live on although it sends too much. */
  #tolerate(): boolean {
    const now = this.#clock.now();
    const { messagesPerSecond: perSecond, messageBurst } = this.#limits;
    this.#tolerated ??= new TokenBucket({ perSecond, capacity: messageBurst * FLOOD_BURSTS }, now);
    if (this.#tolerated.take(now)) return true;
    this.#end('RATE_LIMITED', 'too many messages');
    return false;
  }

  #isTooSlow(): boolean {
    if (this.#stream.writableLength <= this.#limits.maxBufferedBytes) return false;
    this.#end('SLOW_RECEIVER', 'reads too slowly');
    return true;
  }

  #end(code: 'IDLE_TIMEOUT' | 'SLOW_RECEIVER' | 'RATE_LIMITED', why: string): void {
    this.close(CODES[code].ws, `${code}: ${why}`);
  }
}

const guardOf = (ws: WebSocket): SocketGuard | undefined =>
  ws instanceof GuardedWebSocket ? ws.guard : undefined;

const ignore = (): void => undefined;

/** A close reason has at most 123 bytes (RFC 6455 §5.5). */
function truncated(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= 123) return reason;
  // A cut character decodes to U+FFFD, which is longer than what was cut.
  return bytes
    .subarray(0, 120)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}
