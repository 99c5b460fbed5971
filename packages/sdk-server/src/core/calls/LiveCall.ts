import { CALL_ROOM_PREFIX, type CallInfo, type CallParty } from '@parlor/protocol';
import { timingSafeEqual } from 'node:crypto';
import { IDLE, stepCall, type CallEffect, type CallEvent, type CallState } from '../call.js';
import type { Line } from './Line.js';
import type { Invitation } from './types.js';

interface LiveCallOptions {
  readonly id: string;
  readonly caller: Line;
  readonly calleeUserId: string;
  readonly newSecret: () => string;
}

/** A call that is under way: the state machine's state, and what belongs to it outside of the machine. */
export class LiveCall {
  readonly id: string;
  readonly roomId: string;
  readonly caller: Line;
  /** By what the callee called themselves on the device that rang first. */
  readonly callee: { userId: string; displayName: string };
  state: CallState = IDLE;
  /** Devices of both sides that are in the call or ring. */
  readonly lines = new Set<Line>();
  stopRinging: (() => void) | undefined;
  readonly #tickets: { caller: string; callee: string };

  constructor({ id, caller, calleeUserId, newSecret }: LiveCallOptions) {
    this.id = id;
    this.roomId = CALL_ROOM_PREFIX + id;
    this.caller = caller;
    this.callee = { userId: calleeUserId, displayName: calleeUserId };
    this.#tickets = { caller: newSecret(), callee: newSecret() };
  }

  get over(): boolean {
    return this.state.phase === 'idle';
  }

  step(event: CallEvent): readonly CallEffect[] {
    const [state, effects] = stepCall(this.state, event);
    this.state = state;
    return effects;
  }

  /** The device of the callee that holds the call. */
  get answeredBy(): Line | undefined {
    const { state } = this;
    return state.phase === 'active' ? [...this.lines].find(({ key }) => key === state.callee) : undefined;
  }

  holds(line: Line): boolean {
    return this.state.phase === 'active' && (line === this.caller || line === this.answeredBy);
  }

  ticketOf(line: Line): string {
    return line === this.caller ? this.#tickets.caller : this.#tickets.callee;
  }

  /** Whom the ticket is for, while the call is on. */
  invited(ticket: string): Invitation | undefined {
    const { answeredBy } = this;
    if (!answeredBy) return undefined;
    const line = [this.caller, answeredBy].find((one) => same(ticket, this.ticketOf(one)));
    if (!line) return undefined;
    const { userId, displayName: name, grants, region } = line;
    return { userId, name, grants, region };
  }

  isBetween(userId: string): boolean {
    return this.caller.userId === userId || this.callee.userId === userId;
  }

  info(line: Line): CallInfo {
    const { id: callId, roomId, state } = this;
    const outgoing = line === this.caller;
    const user: CallParty = outgoing
      ? { ...this.callee }
      : { userId: this.caller.userId, displayName: this.caller.displayName };
    return {
      callId,
      direction: outgoing ? 'outgoing' : 'incoming',
      state: state.phase === 'active' ? 'active' : 'ringing',
      user,
      video: state.phase !== 'idle' && state.video,
      roomId,
      ...(this.holds(line) && { ticket: this.ticketOf(line) }),
    };
  }
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
