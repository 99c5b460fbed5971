import type { CallAnswers, CallInfo } from '@parlor/protocol';
import { toParlorError } from '../errors.js';
import type { Platform } from '../platform.js';
import type { Call } from './Call.js';
import type { Line } from './Line.js';

type Opened = CallAnswers['openLine'];

/** Milliseconds for the connection, and for the other side, to be back: nobody rings for longer than that on a hope. */
export const PATIENCE = 15_000;
/** Milliseconds between attempts to call again somebody who is not back yet: the server counts them. */
export const CALL_INTERVAL = 2000;

export interface ComebackOptions {
  readonly platform: Pick<Platform, 'timer'>;
  readonly calls: ReadonlyMap<string, Call>;
  /** Undefined while there is none. */
  readonly line: () => Line | undefined;
}

/**
 * What rings when the connection is lost goes on ringing: the same server has kept it, and one that was started anew is
 * asked for the same call again by the caller, while the other side waits for that.
 */
export class Comeback {
  readonly #stops = new Map<Call, () => void>();

  constructor(private readonly options: ComebackOptions) {}

  lost(): void {
    for (const call of this.options.calls.values()) if (call.state === 'ringing') this.#limit(call);
  }

  /** @param isSameServer it knows of everything that has not ended */
  opened(line: Line, { calls }: Opened, isSameServer: boolean): void {
    const known = new Map(calls.map((info) => [info.callId, info]));
    for (const call of [...this.options.calls.values()]) {
      const info = known.get(call.id);
      if (info) this.isBack(call, info);
      else if (call.state !== 'ringing' || isSameServer) call.finish('connectionLost');
      else {
        this.#limit(call);
        if (call.direction === 'outgoing') void this.#callAgain(line, call);
      }
    }
  }

  /** The server tells of a call that is known. False: it is somebody else's, and has only the same id. */
  isBack(call: Call, info: CallInfo): boolean {
    if (info.user.userId !== call.user.userId || info.direction !== call.direction) {
      call.finish('connectionLost');
      return false;
    }
    this.#stops.get(call)?.();
    this.#stops.delete(call);
    call.changeVideo(info.video);
    if (info.ticket !== undefined) call.activate(info.ticket);
    return true;
  }

  close(): void {
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }

  #limit(call: Call): void {
    if (this.#stops.has(call)) return;
    const stop = this.options.platform.timer(() => {
      this.#stops.delete(call);
      if (call.state === 'ringing') call.finish('connectionLost');
    }, PATIENCE);
    this.#stops.set(call, stop);
    call.once('ended', () => {
      stop();
      this.#stops.delete(call);
    });
  }

  async #callAgain(line: Line, call: Call): Promise<void> {
    const isOver = () => call.state !== 'ringing' || this.options.line() !== line || !this.#stops.has(call);
    const { id: callId, video } = call;
    try {
      const info = await line.request('call', { userId: call.user.userId, video, callId });
      if (info.callId === callId && call.state !== 'ended') this.isBack(call, info);
      else {
        await line.request('hangUpCall', { callId: info.callId });
        call.finish('connectionLost');
      }
    } catch (error) {
      const { code } = toParlorError(error, 'NOT_CONNECTED');
      if (isOver() || code === 'NOT_CONNECTED' || code === 'CONNECTION_LOST') return;
      // The other side is not back yet.
      if (code === 'USER_OFFLINE')
        this.options.platform.timer(() => {
          if (!isOver()) void this.#callAgain(line, call);
        }, CALL_INTERVAL);
      else call.finish('connectionLost');
    }
  }
}
