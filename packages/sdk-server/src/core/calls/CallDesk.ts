import type { CallInfo, CallUser } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import { CallRegistry } from './CallRegistry.js';
import { Dialer } from './Dialer.js';
import { Line } from './Line.js';
import { Lines } from './Lines.js';
import { MAX_LISTED, Presence } from './Presence.js';
import { Switchboard } from './Switchboard.js';
import type { CallContext, CallLink, Invitation, LineOptions, Wish } from './types.js';

/**
 * All calls of one server, as devices ask for them. What follows from what is decided by the state machine of
 * `call.ts`; `Switchboard` brings events to it and its effects to the devices.
 */
export class CallDesk {
  readonly #context: CallContext;
  readonly #lines: Lines;
  readonly #calls: CallRegistry;
  readonly #presence: Presence;
  readonly #switchboard: Switchboard;
  readonly #dialer: Dialer;
  #id: string | undefined;

  constructor(context: CallContext) {
    const lines = new Lines(context.options);
    const calls = new CallRegistry(lines);
    const { maxWatchers } = context.options;
    const userOf = calls.userOf.bind(calls);
    const presence = new Presence({ clock: context.clock, maxWatchers, userOf });
    const switchboard = new Switchboard({ context, lines, calls, presence });
    this.#context = context;
    this.#lines = lines;
    this.#calls = calls;
    this.#presence = presence;
    this.#switchboard = switchboard;
    this.#dialer = new Dialer({ context, lines, calls, presence, switchboard });
  }

  /** Another one each time that the server is started: it knows the calls of its own time only. */
  get id(): string {
    return (this.#id ??= this.#context.newSecret());
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
    line.region = options.region;
    line.resumable = options.resumable ?? false;
    // Not told one by one: they are in the answer.
    line.link = undefined;
    for (const call of this.#calls.ringingAt(line.userId)) {
      if (call.lines.has(line)) continue;
      this.#calls.enlist(call, line);
      this.#switchboard.step(call, { type: 'ring', by: call.caller.key, device: line.key });
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
  call(line: Line, userId: string, wish: Wish): Promise<CallInfo> {
    return this.#dialer.call(line, userId, wish);
  }

  /**
   * Takes a call that rings: on this device, and on no other.
   * @throws CALL_NOT_FOUND, ALREADY_IN_CALL, and what opening a room throws: the call is over then
   */
  async accept(line: Line, callId: string): Promise<CallInfo> {
    const call = this.#calls.find(line, callId);
    if (call.holds(line)) return call.info(line);
    if (call.caller !== line) this.#calls.assertFree(line.userId);
    await this.#switchboard.accept(call, line, () => {
      for (const other of this.#calls.ringingAt(line.userId))
        this.#switchboard.step(other, { type: 'close', reason: 'busy' });
      this.#presence.changed(line.userId);
    });
    return call.info(line);
  }

  /** @throws CALL_NOT_FOUND */
  reject(line: Line, callId: string): void {
    this.#switchboard.step(this.#calls.find(line, callId), { type: 'reject', by: line.key });
  }

  /** Ends a call in whichever state. @throws CALL_NOT_FOUND */
  hangUp(line: Line, callId: string): void {
    this.#switchboard.step(this.#calls.find(line, callId), { type: 'hangUp', by: line.key });
  }

  /** @throws CALL_NOT_FOUND */
  setVideo(line: Line, callId: string, video: boolean): void {
    this.#switchboard.step(this.#calls.find(line, callId), { type: 'setVideo', by: line.key, video });
  }

  /** Who can be rung, and from now on what changes about it. @throws FORBIDDEN, LIMIT_REACHED */
  watchUsers(line: Line): CallUser[] {
    if (!this.#context.options.presence) {
      throw new ParlorError('FORBIDDEN', 'the server does not show who is there: set calls.presence in it');
    }
    this.#presence.watch(line);
    const users: CallUser[] = [];
    for (const userId of this.#lines.users) {
      const user = userId === line.userId ? undefined : this.#calls.userOf(userId);
      if (user && users.push(user) === MAX_LISTED) break;
    }
    return users;
  }

  /**
   * The connection of a device was lost. What it holds waits for it for a while; what rings only where the device has said
   * that it comes back.
   */
  lost(line: Line, link: CallLink): void {
    if (line.link !== link) return;
    line.link = undefined;
    this.#presence.unwatch(line);
    for (const call of [...line.calls]) {
      if (!call.holds(line) && !line.resumable) this.#switchboard.drop(call, line, 'connectionLost');
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
    return this.#calls.inRoom(roomId)?.invited(ticket);
  }

  /** Whether the room is that of a call between this user and another. */
  admits(roomId: string, userId: string): boolean {
    const call = this.#calls.inRoom(roomId);
    return call?.state.phase === 'active' && call.isBetween(userId);
  }

  /** Forgets everything: devices that come back find no calls. */
  close(): void {
    for (const call of this.#calls.all) call.stopRinging?.();
    for (const userId of this.#lines.users) for (const line of this.#lines.of(userId)) line.stopGrace?.();
    this.#presence.close();
    this.#switchboard.close();
    this.#calls.clear();
  }

  #forget(line: Line, reason: 'left' | 'connectionLost'): void {
    line.stopGrace?.();
    for (const call of [...line.calls]) this.#switchboard.drop(call, line, reason);
    this.#lines.remove(line);
  }
}
