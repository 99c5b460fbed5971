import { CALL_ROOM_PREFIX, type CallUser } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import type { Line } from './Line.js';
import type { Lines } from './Lines.js';
import type { LiveCall } from './LiveCall.js';

/** Calls that may ring at a user at a time: one more is told that they are busy. */
const MAX_RINGING = 3;

/** Which calls there are, which devices are in them, and who is busy because of it. */
export class CallRegistry {
  readonly #lines: Lines;
  readonly #byId = new Map<string, LiveCall>();

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** Calls that ring or are held. */
  get size(): number {
    return this.#byId.size;
  }

  get all(): IterableIterator<LiveCall> {
    return this.#byId.values();
  }

  has(callId: string): boolean {
    return this.#byId.has(callId);
  }

  add(call: LiveCall): void {
    this.#byId.set(call.id, call);
  }

  /** False: it was gone already. Devices that were still in it are released. */
  remove(call: LiveCall): boolean {
    if (!this.#byId.delete(call.id)) return false;
    for (const line of [...call.lines]) this.release(call, line);
    return true;
  }

  clear(): void {
    this.#byId.clear();
  }

  /** A call of this device. @throws CALL_NOT_FOUND */
  find(line: Line, callId: string): LiveCall {
    const call = this.#byId.get(callId);
    if (call && line.calls.has(call)) return call;
    throw new ParlorError('CALL_NOT_FOUND', `you have no call ${callId}: it may be over, or taken elsewhere`);
  }

  inRoom(roomId: string): LiveCall | undefined {
    return this.#byId.get(roomId.slice(CALL_ROOM_PREFIX.length));
  }

  enlist(call: LiveCall, line: Line): void {
    call.lines.add(line);
    line.calls.add(call);
  }

  release(call: LiveCall, line: Line): void {
    call.lines.delete(line);
    line.calls.delete(call);
    // Nothing is left that its connection could come back to.
    if (!line.link && line.calls.size === 0) {
      line.stopGrace?.();
      this.#lines.remove(line);
    }
  }

  ringingAt(userId: string): LiveCall[] {
    return this.#ofUser(userId).filter(
      (call) => call.state.phase === 'ringing' && call.callee.userId === userId,
    );
  }

  isBusy(userId: string): boolean {
    return this.#isEngaged(userId) || this.ringingAt(userId).length >= MAX_RINGING;
  }

  /** @throws ALREADY_IN_CALL */
  assertFree(userId: string): void {
    if (!this.#isEngaged(userId)) return;
    throw new ParlorError('ALREADY_IN_CALL', 'you are in a call, on this device or another: hang up first');
  }

  /** A user as others see them; undefined: cannot be rung. */
  userOf(userId: string): CallUser | undefined {
    const [line] = this.#lines.connected(userId);
    return line && { userId, displayName: line.displayName, busy: this.#isEngaged(userId) };
  }

  /** In a call, or calling. */
  #isEngaged(userId: string): boolean {
    return this.#ofUser(userId).some(
      (call) => call.state.phase === 'active' || call.caller.userId === userId,
    );
  }

  #ofUser(userId: string): LiveCall[] {
    return [...new Set(this.#lines.of(userId).flatMap(({ calls }) => [...calls]))];
  }
}
