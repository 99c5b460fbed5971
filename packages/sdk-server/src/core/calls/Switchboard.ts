import { ParlorError } from '../../errors.js';
import type { CallEffect, CallEvent } from '../call.js';
import type { CallRegistry } from './CallRegistry.js';
import { CallRooms } from './CallRooms.js';
import type { Line } from './Line.js';
import type { Lines } from './Lines.js';
import type { LiveCall } from './LiveCall.js';
import type { Presence } from './Presence.js';
import type { CallContext } from './types.js';

interface SwitchboardParts {
  readonly context: CallContext;
  readonly lines: Lines;
  readonly calls: CallRegistry;
  readonly presence: Presence;
}

/** Brings events to the state machine of each call, and its effects to the devices. */
export class Switchboard {
  readonly #parts: SwitchboardParts;
  readonly #rooms: CallRooms;

  constructor(parts: SwitchboardParts) {
    this.#parts = parts;
    this.#rooms = new CallRooms(parts.context.rooms, (call) => {
      this.step(call, { type: 'close', reason: 'closed' });
    });
  }

  /**
   * @param options.afterAnswer the device that is still to be answered: what it hears comes after that
   * @throws the refusal of the state machine
   */
  step(call: LiveCall, event: CallEvent, { afterAnswer }: { afterAnswer?: Line } = {}): void {
    const effects = this.#advance(call, event);
    const late = effects.filter(({ to }) => to === afterAnswer?.key);
    this.#deliver(
      call,
      effects.filter((effect) => !late.includes(effect)),
    );
    if (late.length > 0)
      this.#parts.context.clock.after(0, () => {
        this.#deliver(call, late);
      });
    if (call.over) this.#finish(call);
  }

  /**
   * The call is this device's from now on; the caller hears of it when there is a room to come to.
   * @param taken called before the room is opened: the call is taken already
   * @throws CALL_NOT_FOUND, and what opening a room throws: the call is over then
   */
  async accept(call: LiveCall, line: Line, taken: () => void): Promise<void> {
    const effects = this.#advance(call, { type: 'accept', by: line.key });
    call.stopRinging?.();
    call.callee.displayName = line.displayName;
    this.#deliver(
      call,
      effects.filter(({ type }) => type !== 'accepted'),
    );
    taken();
    await this.#rooms.open(call);
    if (call.over) throw new ParlorError('CALL_NOT_FOUND', 'the other side has hung up');
    this.#deliver(
      call,
      effects.filter(({ type }) => type === 'accepted'),
    );
  }

  /** A device is in this call no more. */
  drop(call: LiveCall, line: Line, reason: 'left' | 'connectionLost'): void {
    this.step(call, { type: 'gone', by: line.key, reason });
    this.#parts.calls.release(call, line);
  }

  close(): void {
    this.#rooms.close();
  }

  #advance(call: LiveCall, event: CallEvent): readonly CallEffect[] {
    const effects = call.step(event);
    const refusal = effects.find((effect) => effect.type === 'refused');
    if (!refusal) return effects;
    throw new ParlorError(refusal.code, 'there is no such call, or it is not yours to do that with');
  }

  #deliver(call: LiveCall, effects: readonly CallEffect[]): void {
    const { lines, calls } = this.#parts;
    const { id: callId, roomId } = call;
    for (const effect of effects) {
      const line = lines.get(effect.to);
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
          calls.release(call, line);
          line.send({ type: 'callEnded', callId, reason: effect.reason });
          break;
        case 'refused':
          break;
      }
    }
  }

  #finish(call: LiveCall): void {
    const { calls, presence, context } = this.#parts;
    if (!calls.remove(call)) return;
    call.stopRinging?.();
    this.#rooms.end(call);
    presence.changed(call.caller.userId);
    presence.changed(call.callee.userId);
    context.logger.info({ callId: call.id }, 'call over');
  }
}
