import type { CallEndedReason } from '@parlor/protocol';

/**
 * One call between two users, as a pure state machine: `(state, event) => [state, effects]`. Who may call whom, what a
 * call looks like on a wire and when time has passed is decided outside.
 *
 *     idle --call--> ringing --accept--> active --hangUp | gone--> idle
 *                    ringing --reject | busy | hangUp | gone | nobody answers--> idle
 */

/** How long a call rings before nobody is taken to be there, milliseconds. */
export const RING_TIMEOUT_MS = 30_000;

export interface IdleCall {
  readonly phase: 'idle';
}

export interface RingingCall {
  readonly phase: 'ringing';
  /** The calling peer. */
  readonly caller: string;
  readonly calleeUserId: string;
  /** The callee's peers that ring; never empty. */
  readonly devices: readonly string[];
  readonly video: boolean;
  /** Milliseconds, on the clock of the events. */
  readonly ringsUntil: number;
}

export interface ActiveCall {
  readonly phase: 'active';
  readonly caller: string;
  readonly calleeUserId: string;
  /** The callee's peer that took the call. */
  readonly callee: string;
  readonly video: boolean;
}

export type CallState = IdleCall | RingingCall | ActiveCall;

export const IDLE: IdleCall = { phase: 'idle' };

/** What happens to a call; `by` is the peer that does it. */
export type CallEvent =
  | {
      type: 'call';
      by: string;
      calleeUserId: string;
      /** The callee's peers to ring. */
      devices: readonly string[];
      /** The callee is in another call, and one is all they can have. */
      calleeBusy: boolean;
      video: boolean;
      now: number;
      /** Milliseconds; default `RING_TIMEOUT_MS`. */
      ringTimeoutMs?: number;
    }
  /** One more peer of the callee is to ring. */
  | { type: 'ring'; by: string; device: string }
  | { type: 'accept'; by: string }
  | { type: 'reject'; by: string }
  | { type: 'busy'; by: string }
  /** Ends a call in whichever phase: a caller cancels, a ringing device rejects, either side hangs up. */
  | { type: 'hangUp'; by: string }
  /** Video is added to the call or taken out of it. */
  | { type: 'setVideo'; by: string; video: boolean }
  | { type: 'gone'; by: string; reason: 'left' | 'connectionLost' }
  /** The server ends the call for both sides: nobody asked for it. */
  | { type: 'close'; reason: 'busy' | 'closed' }
  | { type: 'timePassed'; now: number };

/** What is to be told to the peer `to`. */
export type CallEffect =
  | { type: 'ring'; to: string; from: string; video: boolean }
  | { type: 'accepted'; to: string; by: string }
  | { type: 'videoChanged'; to: string; by: string; video: boolean }
  | { type: 'ended'; to: string; reason: CallEndedReason }
  /** The event makes no sense in this state: there is no such call, or not with this peer. */
  | { type: 'refused'; to: string; code: 'CALL_NOT_FOUND' | 'ALREADY_IN_CALL' | 'PEER_NOT_FOUND' };

export type CallStep = readonly [state: CallState, effects: readonly CallEffect[]];

export function stepCall(state: CallState, event: CallEvent): CallStep {
  switch (state.phase) {
    case 'idle':
      return whileIdle(event);
    case 'ringing':
      return whileRinging(state, event);
    case 'active':
      return whileActive(state, event);
  }
}

function whileIdle(event: CallEvent): CallStep {
  if (event.type === 'gone' || event.type === 'close' || event.type === 'timePassed') return [IDLE, []];
  if (event.type !== 'call') return [IDLE, [refused(event.by, 'CALL_NOT_FOUND')]];
  const { by: caller, calleeUserId, devices, video, now, ringTimeoutMs = RING_TIMEOUT_MS } = event;
  if (event.calleeBusy) return [IDLE, [ended(caller, 'busy')]];
  const others = [...new Set(devices)].filter((device) => device !== caller);
  if (others.length === 0) return [IDLE, [refused(caller, 'PEER_NOT_FOUND')]];
  return [
    { phase: 'ringing', caller, calleeUserId, devices: others, video, ringsUntil: now + ringTimeoutMs },
    others.map((to) => ring(to, caller, video)),
  ];
}

function whileRinging(call: RingingCall, event: CallEvent): CallStep {
  const { caller, calleeUserId, devices, video } = call;
  const endedForAll = (reason: CallEndedReason, except?: string): CallStep => [
    IDLE,
    [caller, ...devices].filter((to) => to !== except).map((to) => ended(to, reason)),
  ];

  if (event.type === 'timePassed') return event.now < call.ringsUntil ? [call, []] : endedForAll('noAnswer');
  if (event.type === 'close') return endedForAll(event.reason);
  const { by } = event;
  const byCaller = by === caller;
  if (!byCaller && !devices.includes(by)) return notTheirs(call, event);

  switch (event.type) {
    case 'call':
      return [call, [refused(by, 'ALREADY_IN_CALL')]];
    case 'ring': {
      const { device } = event;
      if (!byCaller) return [call, [refused(by, 'CALL_NOT_FOUND')]];
      if (device === caller || devices.includes(device)) return [call, []];
      return [{ ...call, devices: [...devices, device] }, [ring(device, caller, video)]];
    }
    case 'accept':
      if (byCaller) return [call, [refused(by, 'CALL_NOT_FOUND')]];
      return [
        { phase: 'active', caller, calleeUserId, callee: by, video },
        [
          { type: 'accepted', to: caller, by },
          ...devices.filter((to) => to !== by).map((to) => ended(to, 'takenElsewhere')),
        ],
      ];
    case 'reject':
      return byCaller ? [call, [refused(by, 'CALL_NOT_FOUND')]] : endedForAll('rejected', by);
    case 'busy':
      return byCaller ? [call, [refused(by, 'CALL_NOT_FOUND')]] : withoutDevice(call, by, 'busy');
    case 'hangUp':
      return endedForAll(byCaller ? 'cancelled' : 'rejected', by);
    case 'gone':
      return byCaller ? endedForAll(event.reason, by) : withoutDevice(call, by, event.reason);
    case 'setVideo':
      if (!byCaller) return [call, [refused(by, 'CALL_NOT_FOUND')]];
      return [
        { ...call, video: event.video },
        event.video === video ? [] : devices.map((to) => videoChanged(to, by, event.video)),
      ];
  }
}

function whileActive(call: ActiveCall, event: CallEvent): CallStep {
  const { caller, callee } = call;
  if (event.type === 'timePassed') return [call, []];
  if (event.type === 'close') return [IDLE, [ended(caller, event.reason), ended(callee, event.reason)]];
  const { by } = event;
  if (by !== caller && by !== callee) return notTheirs(call, event);
  const other = by === caller ? callee : caller;

  switch (event.type) {
    case 'call':
      return [call, [refused(by, 'ALREADY_IN_CALL')]];
    case 'ring':
      return [call, [refused(by, 'CALL_NOT_FOUND')]];
    // Told twice: the call is what it is.
    case 'accept':
      return by === callee ? [call, []] : [call, [refused(by, 'CALL_NOT_FOUND')]];
    case 'reject':
    case 'busy':
    case 'hangUp':
      return [IDLE, [ended(other, 'hungUp')]];
    case 'gone':
      return [IDLE, [ended(other, event.reason)]];
    case 'setVideo':
      return [
        { ...call, video: event.video },
        event.video === call.video ? [] : [videoChanged(other, by, event.video)],
      ];
  }
}

/** That somebody else is gone is no matter of this call; anything else they ask of it is refused. */
function notTheirs(call: CallState, event: Extract<CallEvent, { by: string }>): CallStep {
  return [call, event.type === 'gone' ? [] : [refused(event.by, 'CALL_NOT_FOUND')]];
}

/** The others go on ringing; with the last device the call ends. */
function withoutDevice(call: RingingCall, device: string, reason: CallEndedReason): CallStep {
  const devices = call.devices.filter((one) => one !== device);
  return devices.length > 0 ? [{ ...call, devices }, []] : [IDLE, [ended(call.caller, reason)]];
}

const ring = (to: string, from: string, video: boolean): CallEffect => ({ type: 'ring', to, from, video });
const ended = (to: string, reason: CallEndedReason): CallEffect => ({ type: 'ended', to, reason });

const videoChanged = (to: string, by: string, video: boolean): CallEffect => ({
  type: 'videoChanged',
  to,
  by,
  video,
});

type RefusedEffect = Extract<CallEffect, { type: 'refused' }>;
const refused = (to: string, code: RefusedEffect['code']): RefusedEffect => ({ type: 'refused', to, code });
