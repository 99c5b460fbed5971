import type { PeerSignal, ServerHangupReason } from '@parlor/protocol';
import {
  IDLE,
  RING_TIMEOUT_MS,
  stepCall,
  type ActiveCall,
  type CallEffect,
  type CallEvent,
  type RingingCall,
} from '../../core/call.js';
import { ParlorError } from '../../errors.js';
import type { CallPeer, SignalClock } from './ports.js';

/** How many calls a peer may have at once: enough for a mesh of them. */
const MAX_CALLS_PER_PEER = 64;

/** One signal on its way. */
export interface AddressedSignal {
  readonly from: CallPeer;
  readonly to: CallPeer;
  readonly signal: PeerSignal;
}

interface Call {
  state: RingingCall | ActiveCall;
  stopRinging: () => void;
}

export interface RoomCallsOptions {
  readonly clock: SignalClock;
  /** Tells `to` that its call with `from` is over. */
  readonly hangUp: (hangup: { to: string; from: string; reason: ServerHangupReason }) => void;
}

/**
 * The calls of one room, as they can be read from signals: an offer rings, an answer accepts. Renegotiation and
 * candidates pass untouched; what ends a call that has ended already does not. Whether somebody in a call is busy is
 * left to the clients: an application may well call several people at once.
 */
export class RoomCalls {
  readonly #options: RoomCallsOptions;
  readonly #byPeer = new Map<string, Set<Call>>();

  constructor(options: RoomCallsOptions) {
    this.#options = options;
  }

  /** How many peers are in a call or in the middle of ringing. */
  get size(): number {
    return this.#byPeer.size;
  }

  /**
   * Takes note of a signal; whether it is to be passed on.
   * @throws CALL_NOT_FOUND for an answer to a call that is over, LIMIT_REACHED
   */
  signal(sent: AddressedSignal): boolean {
    const { from, to, signal } = sent;
    const call = this.#between(from.id, to.id);
    switch (signal.type) {
      case 'offer':
        this.#offered(call, sent);
        return true;
      case 'answer':
        if (!call) throw callNotFound(to.id);
        // When both have called each other, it is the caller who may answer.
        if (call.state.phase === 'ringing')
          this.#step(call, { type: 'accept', by: calleeOf(call.state, sent) }, sent);
        return true;
      case 'pranswer':
        if (!call) throw callNotFound(to.id);
        return true;
      case 'reject':
      case 'busy':
      case 'hangup':
        if (!call) return false;
        this.#step(call, { type: endingOf(call.state, sent), by: from.id }, sent);
        return true;
      default:
        return true;
    }
  }

  /** A peer is no longer there: whoever is in a call with it hears of it. */
  gone(peerId: string, reason: 'left' | 'connectionLost'): void {
    for (const call of [...(this.#byPeer.get(peerId) ?? [])]) {
      this.#step(call, { type: 'gone', by: peerId, reason });
    }
  }

  /** Forgets all calls without a word. */
  close(): void {
    for (const calls of this.#byPeer.values()) for (const call of calls) call.stopRinging();
    this.#byPeer.clear();
  }

  #offered(call: Call | undefined, { from, to, signal }: AddressedSignal): void {
    const video = 'sdp' in signal && typeof signal.sdp === 'string' && /^m=video /m.test(signal.sdp);
    if (call) {
      if (video && call.state.phase === 'active') this.#step(call, { type: 'setVideo', by: from.id, video });
      return;
    }
    const mine = this.#byPeer.get(from.id) ?? new Set();
    const ringing = [...mine].find(
      ({ state }) =>
        state.phase === 'ringing' && state.caller === from.id && state.calleeUserId === to.userId,
    );
    if (ringing) {
      this.#step(ringing, { type: 'ring', by: from.id, device: to.id });
      return;
    }
    if (mine.size >= MAX_CALLS_PER_PEER) {
      throw new ParlorError('LIMIT_REACHED', `a peer may have ${String(MAX_CALLS_PER_PEER)} calls at once`);
    }
    this.#begin({
      type: 'call',
      by: from.id,
      calleeUserId: to.userId,
      devices: [to.id],
      calleeBusy: false,
      video,
      now: this.#options.clock.now(),
    });
  }

  #begin(event: CallEvent): void {
    const [state, effects] = stepCall(IDLE, event);
    assertNotRefused(effects);
    if (state.phase === 'idle') return;
    const call: Call = { state, stopRinging: () => undefined };
    this.#index(call, [], peersOf(state));
    this.#ringFor(call, RING_TIMEOUT_MS);
  }

  #ringFor(call: Call, ms: number): void {
    const { clock } = this.#options;
    call.stopRinging = clock.after(ms, () => {
      const now = clock.now();
      this.#step(call, { type: 'timePassed', now });
      // A timer may fire a little early.
      if (call.state.phase === 'ringing' && this.#byPeer.get(call.state.caller)?.has(call))
        this.#ringFor(call, Math.max(1, call.state.ringsUntil - now));
    });
  }

  /** What is said by the signal itself, on its way from one to the other, is not said again. */
  #step(call: Call, event: CallEvent, said?: AddressedSignal): void {
    const before = call.state;
    const [after, effects] = stepCall(before, event);
    assertNotRefused(effects);
    this.#index(call, peersOf(before), after.phase === 'idle' ? [] : peersOf(after));
    if (after.phase !== 'ringing') call.stopRinging();
    if (after.phase !== 'idle') call.state = after;

    const left = after.phase === 'idle' ? [] : pairsOf(after);
    const by = 'by' in event ? event.by : undefined;
    const reason = reasonOf(event, effects);
    for (const [caller, callee] of pairsOf(before)) {
      if (!reason || left.some((pair) => pair[1] === callee)) continue;
      for (const [to, from] of [
        [caller, callee],
        [callee, caller],
      ] as const) {
        if (to === by || (said && to === said.to.id && from === said.from.id)) continue;
        this.#options.hangUp({ to, from, reason });
      }
    }
  }

  #index(call: Call, before: readonly string[], after: readonly string[]): void {
    for (const id of before) {
      const calls = this.#byPeer.get(id);
      if (after.includes(id) || !calls?.delete(call)) continue;
      if (calls.size === 0) this.#byPeer.delete(id);
    }
    for (const id of after) {
      const calls = this.#byPeer.get(id);
      if (calls) calls.add(call);
      else this.#byPeer.set(id, new Set([call]));
    }
  }

  #between(one: string, other: string): Call | undefined {
    for (const call of this.#byPeer.get(one) ?? []) {
      for (const [caller, callee] of pairsOf(call.state)) {
        if ((caller === one && callee === other) || (caller === other && callee === one)) return call;
      }
    }
    return undefined;
  }
}

/** Caller and callee, for each device that rings. */
const pairsOf = (state: RingingCall | ActiveCall): [caller: string, callee: string][] =>
  state.phase === 'ringing'
    ? state.devices.map((device) => [state.caller, device])
    : [[state.caller, state.callee]];

const peersOf = (state: RingingCall | ActiveCall): string[] => [
  state.caller,
  ...pairsOf(state).map(([, callee]) => callee),
];

const calleeOf = ({ caller }: RingingCall, { from, to }: AddressedSignal): string =>
  from.id === caller ? to.id : from.id;

function endingOf(
  state: RingingCall | ActiveCall,
  { from, signal }: AddressedSignal,
): 'reject' | 'busy' | 'hangUp' {
  if (state.caller === from.id) return 'hangUp';
  return signal.type === 'reject' || signal.type === 'busy' ? signal.type : 'hangUp';
}

/** What the peers of a call are told that nobody has hung up. */
function reasonOf(event: CallEvent, effects: readonly CallEffect[]): ServerHangupReason | undefined {
  if (event.type === 'gone') return event.reason;
  for (const effect of effects) {
    if (effect.type !== 'ended' || effect.reason === 'hungUp' || effect.reason === 'busy') continue;
    return effect.reason;
  }
  return undefined;
}

function assertNotRefused(effects: readonly CallEffect[]): void {
  const refused = effects.find((effect) => effect.type === 'refused');
  if (refused) throw new ParlorError(refused.code, 'there is no such call: it may have ended');
}

const callNotFound = (peerId: string): ParlorError =>
  new ParlorError('CALL_NOT_FOUND', `there is no call with ${peerId}: it may have ended`);
