import type { CallInfo } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import { askHook } from '../refusal.js';
import { CallRate } from './CallRate.js';
import type { CallRegistry } from './CallRegistry.js';
import type { Line } from './Line.js';
import type { Lines } from './Lines.js';
import { LiveCall } from './LiveCall.js';
import type { Presence } from './Presence.js';
import type { Switchboard } from './Switchboard.js';
import type { CallContext, Wish } from './types.js';

interface DialerParts {
  readonly context: CallContext;
  readonly lines: Lines;
  readonly calls: CallRegistry;
  readonly presence: Presence;
  readonly switchboard: Switchboard;
}

/** Begins calls, for those who may. */
export class Dialer {
  readonly #parts: DialerParts;
  readonly #rate: CallRate;

  constructor(parts: DialerParts) {
    this.#parts = parts;
    this.#rate = new CallRate(parts.context.options.callsPerMinute);
  }

  /** As `CallDesk.call`. */
  async call(line: Line, userId: string, { video, callId }: Wish): Promise<CallInfo> {
    const { lines, calls, context } = this.#parts;
    this.#assertMay(line, userId);
    // Where nobody is asked nothing is awaited: two calls of one user must not both find that user free.
    if (context.hooks.onCall) await this.#ask(line, userId, video);
    const calleeBusy = calls.isBusy(userId);
    const devices = lines.connected(userId);
    if (!calleeBusy && devices.length === 0) {
      throw new ParlorError('USER_OFFLINE', `user ${userId} waits for calls on no device: try again later`);
    }
    return this.#ring(this.#newCall(line, { userId, devices, callId }), { devices, calleeBusy, video });
  }

  /** @throws BAD_REQUEST, ALREADY_IN_CALL, RATE_LIMITED */
  #assertMay(line: Line, userId: string): void {
    const { clock, options } = this.#parts.context;
    if (userId === line.userId) throw new ParlorError('BAD_REQUEST', 'data.userId: you cannot call yourself');
    this.#parts.calls.assertFree(line.userId);
    const wait = this.#rate.take(line.userId, clock.now());
    if (wait === 0) return;
    const [most, seconds] = [String(options.callsPerMinute), String(Math.ceil(wait / 1000))];
    throw new ParlorError('RATE_LIMITED', `${most} calls a minute at most: try again in ${seconds} s`);
  }

  /** @throws CALL_REFUSED, ALREADY_IN_CALL, NOT_JOINED */
  async #ask(line: Line, to: string, video: boolean): Promise<void> {
    const { hooks } = this.#parts.context;
    const from = { userId: line.userId, displayName: line.displayName };
    await askHook('CALL_REFUSED', () => hooks.onCall?.({ from, to, video }));
    // Others may have called meanwhile, and the caller may have gone.
    this.#parts.calls.assertFree(line.userId);
    if (!line.link) throw new ParlorError('NOT_JOINED', 'the connection was lost while calling');
  }

  #newCall(
    line: Line,
    { userId, devices, callId }: { userId: string; devices: readonly Line[]; callId: string | undefined },
  ): LiveCall {
    const { calls, lines, context } = this.#parts;
    const { newSecret } = context;
    const id = callId === undefined || calls.has(callId) ? newSecret() : callId;
    const call = new LiveCall({ id, caller: line, calleeUserId: userId, newSecret });
    call.callee.displayName = lines.of(userId)[0]?.displayName ?? userId;
    calls.add(call);
    for (const each of [line, ...devices]) calls.enlist(call, each);
    return call;
  }

  #ring(
    call: LiveCall,
    { devices, calleeBusy, video }: { devices: readonly Line[]; calleeBusy: boolean; video: boolean },
  ): CallInfo {
    const { context, presence, switchboard } = this.#parts;
    const { clock, logger } = context;
    const { ringTimeoutMs } = context.options;
    const { caller } = call;
    const calleeUserId = call.callee.userId;
    logger.info({ callId: call.id, from: caller.userId, to: calleeUserId, video }, 'call');
    const info = call.info(caller);
    const keys = devices.map(({ key }) => key);
    const ring = { type: 'call', by: caller.key, calleeUserId, devices: keys, calleeBusy, video } as const;
    switchboard.step(call, { ...ring, now: clock.now(), ringTimeoutMs }, { afterAnswer: caller });
    presence.changed(caller.userId);
    if (call.state.phase === 'ringing') {
      const { ringsUntil: now } = call.state;
      call.stopRinging = clock.after(ringTimeoutMs, () => {
        switchboard.step(call, { type: 'timePassed', now });
      });
    }
    return { ...info, video };
  }
}
