import { CALL_ROOM_PREFIX, type CallInfo, type CallUser } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import type { CallEffect, CallEvent } from '../call.js';
import { askHook } from '../refusal.js';
import { CallRate } from './CallRate.js';
import { CallRooms } from './CallRooms.js';
import { Line } from './Line.js';
import { Lines } from './Lines.js';
import { LiveCall } from './LiveCall.js';
import { MAX_LISTED, Presence } from './Presence.js';
import type { CallContext, CallLink, Invitation, LineOptions } from './types.js';

/** Calls that may ring at a user at a time: one more is told that they are busy. */
const MAX_RINGING = 3;

/**
 * All calls of one server: which devices wait for calls, which calls ring and which are held. What follows from what
 * is decided by the state machine of `call.ts`; here events are brought to it and its effects to the devices.
 */
export class CallDesk {
  readonly #context: CallContext;
  readonly #lines: Lines;
  readonly #calls = new Map<string, LiveCall>();
  readonly #rate: CallRate;
  readonly #presence: Presence;
  readonly #rooms: CallRooms;

  constructor(context: CallContext) {
    this.#context = context;
    this.#lines = new Lines(context.options);
    this.#rate = new CallRate(context.options.callsPerMinute);
    this.#presence = new Presence({ clock: context.clock, userOf: (userId) => this.#userOf(userId) });
    this.#rooms = new CallRooms(context.rooms, (call) => {
      this.#step(call, { type: 'close', reason: 'closed' });
    });
  }

  /** Calls that ring or are held. */
  get size(): number {
    return this.#calls.size;
  }

  /**
   * A device waits for calls from now on. One that comes back has the calls that it had.
   * @throws LIMIT_REACHED
   */
  open(options: LineOptions): Line {
    const known = this.#lines.get(Line.keyOf(options.userId, options.deviceId));
    known?.link?.end({ code: 'PEER_REPLACED', message: 'the device has opened another connection' });
    const line = known ?? this.#lines.add(options);
    line.stopGrace?.();
    line.stopGrace = undefined;
    line.displayName = options.displayName;
    line.grants = options.grants;
    // Not told one by one: they are in the answer.
    line.link = undefined;
    for (const call of this.#ringingAt(line.userId)) {
      if (call.lines.has(line)) continue;
      this.#enlist(call, line);
      this.#step(call, { type: 'ring', by: call.caller.key, device: line.key });
    }
    line.link = options.link;
    this.#presence.changed(line.userId);
    return line;
  }

  callsOf(line: Line): CallInfo[] {
    return [...line.calls].map((call) => call.info(line));
  }

  /**
   * Rings all devices of a user. Who is busy is told by `callEnded`, as an answer of the other side.
   * @throws BAD_REQUEST, ALREADY_IN_CALL, RATE_LIMITED, CALL_REFUSED (a hook said no), USER_OFFLINE
   */
  async call(line: Line, userId: string, { video }: { video: boolean }): Promise<CallInfo> {
    const { clock, hooks, options, newSecret, logger } = this.#context;
    if (userId === line.userId) throw new ParlorError('BAD_REQUEST', 'data.userId: you cannot call yourself');
    this.#assertFree(line.userId);
    const wait = this.#rate.take(line.userId, clock.now());
    if (wait > 0) {
      const [most, seconds] = [String(options.callsPerMinute), String(Math.ceil(wait / 1000))];
      throw new ParlorError('RATE_LIMITED', `${most} calls a minute at most: try again in ${seconds} s`);
    }
    if (hooks.onCall) {
      const from = { userId: line.userId, displayName: line.displayName };
      await askHook('CALL_REFUSED', () => hooks.onCall?.({ from, to: userId, video }));
      // Others may have called meanwhile, and the caller may have gone.
      this.#assertFree(line.userId);
      if (!line.link) throw new ParlorError('NOT_JOINED', 'the connection was lost while calling');
    }
    const calleeBusy = this.#isBusy(userId);
    const devices = this.#lines.connected(userId);
    if (!calleeBusy && devices.length === 0) {
      throw new ParlorError('USER_OFFLINE', `user ${userId} waits for calls on no device: try again later`);
    }
    const call = new LiveCall({ id: newSecret(), caller: line, calleeUserId: userId, newSecret });
    call.callee.displayName = this.#nameOf(userId);
    this.#calls.set(call.id, call);
    for (const each of [line, ...devices]) this.#enlist(call, each);
    logger.info({ callId: call.id, from: line.userId, to: userId, video }, 'call');
    const { ringTimeoutMs } = options;
    const by = line.key;
    const keys = devices.map(({ key }) => key);
    const ring = { type: 'call', by, calleeUserId: userId, devices: keys, calleeBusy, video } as const;
    const info = call.info(line);
    this.#step(call, { ...ring, now: clock.now(), ringTimeoutMs }, { afterAnswer: line });
    this.#presence.changed(line.userId);
    if (call.state.phase === 'ringing') {
      const { ringsUntil: now } = call.state;
      call.stopRinging = clock.after(ringTimeoutMs, () => {
        this.#step(call, { type: 'timePassed', now });
      });
    }
    return { ...info, video };
  }

  /**
   * Takes a call that rings: on this device, and on no other.
   * @throws CALL_NOT_FOUND, ALREADY_IN_CALL, and what opening a room throws: the call is over then
   */
  async accept(line: Line, callId: string): Promise<CallInfo> {
    const call = this.#callOf(line, callId);
    if (call.holds(line)) return call.info(line);
    if (call.caller !== line) this.#assertFree(line.userId);
    const effects = this.#advance(call, { type: 'accept', by: line.key });
    call.stopRinging?.();
    call.callee.displayName = line.displayName;
    // From here on the call is this device's; the caller hears of it when there is a room to come to.
    this.#deliver(
      call,
      effects.filter(({ type }) => type !== 'accepted'),
    );
    for (const other of this.#ringingAt(line.userId)) this.#step(other, { type: 'close', reason: 'busy' });
    this.#presence.changed(line.userId);
    await this.#rooms.open(call);
    if (call.over) throw new ParlorError('CALL_NOT_FOUND', 'the other side has hung up');
    this.#deliver(
      call,
      effects.filter(({ type }) => type === 'accepted'),
    );
    return call.info(line);
  }

  /** @throws CALL_NOT_FOUND */
  reject(line: Line, callId: string): void {
    this.#step(this.#callOf(line, callId), { type: 'reject', by: line.key });
  }

  /** Ends a call in whichever state. @throws CALL_NOT_FOUND */
  hangUp(line: Line, callId: string): void {
    this.#step(this.#callOf(line, callId), { type: 'hangUp', by: line.key });
  }

  /** @throws CALL_NOT_FOUND */
  setVideo(line: Line, callId: string, video: boolean): void {
    this.#step(this.#callOf(line, callId), { type: 'setVideo', by: line.key, video });
  }

  /** Who can be rung, and from now on what changes about it. @throws FORBIDDEN */
  watchUsers(line: Line): CallUser[] {
    if (!this.#context.options.presence) {
      throw new ParlorError('FORBIDDEN', 'the server does not show who is there: set calls.presence in it');
    }
    this.#presence.watch(line);
    const users: CallUser[] = [];
    for (const userId of this.#lines.users) {
      const user = userId === line.userId ? undefined : this.#userOf(userId);
      if (user && users.push(user) === MAX_LISTED) break;
    }
    return users;
  }

  /** The connection of a device was lost. What it holds waits for it for a while, what rings does not. */
  lost(line: Line, link: CallLink): void {
    if (line.link !== link) return;
    line.link = undefined;
    this.#presence.unwatch(line);
    for (const call of [...line.calls]) {
      if (!call.holds(line)) this.#drop(call, line, 'connectionLost');
    }
    if (line.calls.size === 0) this.#lines.remove(line);
    else {
      line.stopGrace = this.#context.clock.after(this.#context.options.graceMs, () => {
        this.#forget(line, 'connectionLost');
      });
    }
    this.#presence.changed(line.userId);
  }

  /** The device wants no calls any more; idempotent. */
  leave(line: Line): void {
    this.#presence.unwatch(line);
    line.link = undefined;
    this.#forget(line, 'left');
    this.#presence.changed(line.userId);
  }

  /** Whom a ticket for the room of a call is for. */
  invited(roomId: string, ticket: string): Invitation | undefined {
    return this.#inRoom(roomId)?.invited(ticket);
  }

  /** Whether the room is that of a call between this user and another. */
  admits(roomId: string, userId: string): boolean {
    const call = this.#inRoom(roomId);
    return call?.state.phase === 'active' && call.isBetween(userId);
  }

  /** Forgets everything: devices that come back find no calls. */
  close(): void {
    for (const call of this.#calls.values()) call.stopRinging?.();
    for (const userId of this.#lines.users) for (const line of this.#lines.of(userId)) line.stopGrace?.();
    this.#presence.close();
    this.#rooms.close();
    this.#calls.clear();
  }

  #forget(line: Line, reason: 'left' | 'connectionLost'): void {
    line.stopGrace?.();
    for (const call of [...line.calls]) this.#drop(call, line, reason);
    this.#lines.remove(line);
  }

  #drop(call: LiveCall, line: Line, reason: 'left' | 'connectionLost'): void {
    this.#step(call, { type: 'gone', by: line.key, reason });
    this.#release(call, line);
  }

  #enlist(call: LiveCall, line: Line): void {
    call.lines.add(line);
    line.calls.add(call);
  }

  /** @throws the refusal of the state machine */
  #step(call: LiveCall, event: CallEvent, { afterAnswer }: { afterAnswer?: Line } = {}): void {
    const effects = this.#advance(call, event);
    const late = effects.filter(({ to }) => to === afterAnswer?.key);
    this.#deliver(
      call,
      effects.filter((effect) => !late.includes(effect)),
    );
    if (late.length > 0)
      this.#context.clock.after(0, () => {
        this.#deliver(call, late);
      });
    if (call.over) this.#finish(call);
  }

  #advance(call: LiveCall, event: CallEvent): readonly CallEffect[] {
    const effects = call.step(event);
    const refusal = effects.find((effect) => effect.type === 'refused');
    if (!refusal) return effects;
    throw new ParlorError(refusal.code, 'there is no such call, or it is not yours to do that with');
  }

  #deliver(call: LiveCall, effects: readonly CallEffect[]): void {
    const { id: callId, roomId } = call;
    for (const effect of effects) {
      const line = this.#lines.get(effect.to);
      if (!line) continue;
      switch (effect.type) {
        case 'ring':
          line.send({ type: 'incomingCall', call: call.info(line) });
          break;
        case 'accepted':
          line.send({ type: 'callAccepted', callId, roomId, ticket: call.ticketOf(line) });
          break;
        case 'videoChanged':
          line.send({ type: 'callUpdated', callId, video: effect.video });
          break;
        case 'ended':
          this.#release(call, line);
          line.send({ type: 'callEnded', callId, reason: effect.reason });
          break;
        case 'refused':
          break;
      }
    }
  }

  #release(call: LiveCall, line: Line): void {
    call.lines.delete(line);
    line.calls.delete(call);
    // Nothing is left that its connection could come back to.
    if (!line.link && line.calls.size === 0) {
      line.stopGrace?.();
      this.#lines.remove(line);
    }
  }

  #finish(call: LiveCall): void {
    if (!this.#calls.delete(call.id)) return;
    call.stopRinging?.();
    for (const line of [...call.lines]) this.#release(call, line);
    this.#rooms.end(call);
    this.#presence.changed(call.caller.userId);
    this.#presence.changed(call.callee.userId);
    this.#context.logger.info({ callId: call.id }, 'call over');
  }

  #callOf(line: Line, callId: string): LiveCall {
    const call = this.#calls.get(callId);
    if (call && line.calls.has(call)) return call;
    throw new ParlorError('CALL_NOT_FOUND', `you have no call ${callId}: it may be over, or taken elsewhere`);
  }

  #inRoom(roomId: string): LiveCall | undefined {
    return this.#calls.get(roomId.slice(CALL_ROOM_PREFIX.length));
  }

  #callsOfUser(userId: string): LiveCall[] {
    return [...new Set(this.#lines.of(userId).flatMap(({ calls }) => [...calls]))];
  }

  #ringingAt(userId: string): LiveCall[] {
    return this.#callsOfUser(userId).filter(
      (call) => call.state.phase === 'ringing' && call.callee.userId === userId,
    );
  }

  /** In a call, or calling. */
  #isEngaged(userId: string): boolean {
    return this.#callsOfUser(userId).some(
      (call) => call.state.phase === 'active' || call.caller.userId === userId,
    );
  }

  #isBusy(userId: string): boolean {
    return this.#isEngaged(userId) || this.#ringingAt(userId).length >= MAX_RINGING;
  }

  #assertFree(userId: string): void {
    if (!this.#isEngaged(userId)) return;
    throw new ParlorError('ALREADY_IN_CALL', 'you are in a call, on this device or another: hang up first');
  }

  #nameOf(userId: string): string {
    return this.#lines.of(userId)[0]?.displayName ?? userId;
  }

  #userOf(userId: string): CallUser | undefined {
    const [line] = this.#lines.connected(userId);
    return line && { userId, displayName: line.displayName, busy: this.#isEngaged(userId) };
  }
}
