import { ParlorError } from '../errors.js';
import type { CallEndedReason } from '../calls/types.js';
import type { MemoryChannel } from './MemoryChannel.js';

type Data = Record<string, unknown>;

interface MemoryLine {
  readonly channel: MemoryChannel;
  readonly userId: string;
  readonly deviceId: string;
  readonly displayName: string;
  watches: boolean;
  /** What rings there waits for it when its connection breaks. */
  resumable: boolean;
}

export interface MemoryCall {
  readonly id: string;
  readonly callerDevice: string;
  readonly from: string;
  readonly to: string;
  readonly ticket: string;
  video: boolean;
  /** The device that has accepted. */
  calleeDevice: string | undefined;
}

const refuse = (code: string, status: number) => new ParlorError(code, code, { status });

/**
 * The calls of a `MemoryServer`: rings, accepts and ends them as the real one does, without time. A call that nobody
 * answers ends by `timeOut`, and a lost device is given up by `giveUp`.
 */
export class MemoryCalls {
  readonly calls = new Map<string, MemoryCall>();
  /** By device id. */
  readonly lines = new Map<string, MemoryLine>();
  #ids = 0;
  #runs = 1;

  handle(channel: MemoryChannel, method: string, data: unknown): unknown {
    const body = (data ?? {}) as Data;
    if (method === 'ping') return {};
    if (method === 'openLine') return this.#open(channel, body);
    const line = this.#lineOf(channel);
    if (!line) throw refuse('NOT_JOINED', 409);
    return this.#request(line, method, body);
  }

  disconnected(channel: MemoryChannel): void {
    const line = this.#lineOf(channel);
    if (!line) return;
    this.lines.delete(line.deviceId);
    if (line.resumable) {
      this.#usersChanged(line.userId);
      return;
    }
    for (const call of [...this.calls.values()]) {
      if (call.calleeDevice !== undefined) continue;
      const rings = call.to === line.userId && this.#devices(line.userId).length > 0;
      if (call.callerDevice === line.deviceId || (call.to === line.userId && !rings))
        this.#end(call, 'connectionLost');
    }
    this.#usersChanged(line.userId);
  }

  /** As a server that is started anew: it knows of no calls. */
  forget(): void {
    this.#runs += 1;
    this.calls.clear();
  }

  /** Nobody has answered in time. */
  timeOut(callId: string): void {
    this.#end(this.#known(callId), 'noAnswer');
  }

  /** A device that was lost has not come back in time. */
  giveUp(deviceId: string): void {
    for (const call of [...this.calls.values()]) {
      if (call.callerDevice === deviceId || call.calleeDevice === deviceId) this.#end(call, 'connectionLost');
    }
  }

  #request(line: MemoryLine, method: string, data: Data): unknown {
    const call = () => {
      const known = this.#known(String(data['callId']));
      if (known.from !== line.userId && known.to !== line.userId) throw refuse('CALL_NOT_FOUND', 404);
      return known;
    };
    switch (method) {
      case 'call':
        return this.#call(line, data);
      case 'acceptCall':
        return this.#accept(line, call());
      case 'rejectCall':
      case 'hangUpCall':
        this.#hangUp(line, call());
        return {};
      case 'updateCall':
        return this.#update(line, call(), data['video'] === true);
      case 'listUsers':
        line.watches = true;
        return { users: [...this.#userIds()].filter((id) => id !== line.userId).map((id) => this.#user(id)) };
      case 'closeLine':
        this.giveUp(line.deviceId);
        line.resumable = false;
        this.disconnected(line.channel);
        return {};
      default:
        throw refuse('UNKNOWN_METHOD', 404);
    }
  }

  #open(channel: MemoryChannel, { deviceId, displayName, resumable }: Data): unknown {
    const userId = channel.url.searchParams.get('userId') ?? '';
    const id = String(deviceId);
    this.lines.get(id)?.channel.end(refuse('PEER_REPLACED', 409), true);
    const name = typeof displayName === 'string' ? displayName : userId;
    this.lines.set(id, {
      channel,
      userId,
      deviceId: id,
      displayName: name,
      watches: false,
      resumable: resumable === true,
    });
    const here = [...this.calls.values()].filter(
      (call) =>
        call.callerDevice === id || (call.calleeDevice ?? (call.to === userId ? id : undefined)) === id,
    );
    this.#usersChanged(userId);
    const calls = here.map((call) => this.#info(call, id));
    return {
      userId,
      displayName: name,
      calls,
      ...(resumable === true && { server: `run-${String(this.#runs)}` }),
    };
  }

  #call(line: MemoryLine, { userId: callee, video, callId }: Data): unknown {
    const userId = String(callee);
    if (this.#engaged(line.userId)) throw refuse('ALREADY_IN_CALL', 409);
    const devices = this.#devices(userId);
    const busy = this.#engaged(userId);
    if (devices.length === 0 && !busy) throw refuse('USER_OFFLINE', 404);
    const isFree = typeof callId === 'string' && !this.calls.has(callId);
    const id = isFree ? callId : `call-${String(++this.#ids)}`;
    const call: MemoryCall = {
      id,
      callerDevice: line.deviceId,
      from: line.userId,
      to: userId,
      ticket: `ticket-${id}`,
      video: video === true,
      calleeDevice: undefined,
    };
    if (busy) line.channel.notify('callEnded', { callId: id, reason: 'busy' });
    else {
      this.calls.set(id, call);
      for (const device of devices) device.channel.notify('incomingCall', this.#info(call, device.deviceId));
      this.#usersChanged(line.userId);
    }
    return this.#info(call, line.deviceId);
  }

  #accept(line: MemoryLine, call: MemoryCall): unknown {
    if (call.to !== line.userId || (call.calleeDevice ?? line.deviceId) !== line.deviceId)
      throw refuse('CALL_NOT_FOUND', 404);
    if (this.#engaged(line.userId) && call.calleeDevice === undefined) throw refuse('ALREADY_IN_CALL', 409);
    call.calleeDevice = line.deviceId;
    for (const device of this.#devices(line.userId)) {
      if (device === line) continue;
      device.channel.notify('callEnded', { callId: call.id, reason: 'takenElsewhere' });
    }
    for (const other of [...this.calls.values()])
      if (other.to === line.userId && other !== call) this.#end(other, 'busy');
    const { id: callId, ticket } = call;
    const caller = this.lines.get(call.callerDevice);
    caller?.channel.notify('callAccepted', { callId, roomId: `call:${callId}`, ticket });
    this.#usersChanged(line.userId);
    return this.#info(call, line.deviceId);
  }

  #hangUp(line: MemoryLine, call: MemoryCall): void {
    const byCaller = call.callerDevice === line.deviceId;
    const held = call.calleeDevice !== undefined;
    if (held && !byCaller && call.calleeDevice !== line.deviceId) throw refuse('CALL_NOT_FOUND', 404);
    this.#end(call, held ? 'hungUp' : byCaller ? 'cancelled' : 'rejected', line.deviceId);
  }

  #update(line: MemoryLine, call: MemoryCall, video: boolean): unknown {
    call.video = video;
    const other = call.callerDevice === line.deviceId ? call.calleeDevice : call.callerDevice;
    this.lines.get(other ?? '')?.channel.notify('callUpdated', { callId: call.id, video });
    return {};
  }

  #end(call: MemoryCall, reason: CallEndedReason, except?: string): void {
    this.calls.delete(call.id);
    const callees =
      call.calleeDevice === undefined
        ? this.#devices(call.to).map(({ deviceId }) => deviceId)
        : [call.calleeDevice];
    for (const deviceId of [call.callerDevice, ...callees]) {
      if (deviceId !== except)
        this.lines.get(deviceId)?.channel.notify('callEnded', { callId: call.id, reason });
    }
    this.#usersChanged(call.from);
    this.#usersChanged(call.to);
  }

  #info(call: MemoryCall, deviceId: string): object {
    const outgoing = call.callerDevice === deviceId;
    const userId = outgoing ? call.to : call.from;
    const held = call.calleeDevice !== undefined;
    return {
      callId: call.id,
      direction: outgoing ? 'outgoing' : 'incoming',
      state: held ? 'active' : 'ringing',
      user: { userId, displayName: this.#user(userId).displayName },
      video: call.video,
      roomId: `call:${call.id}`,
      ...(held ? { ticket: call.ticket } : {}),
    };
  }

  #known(callId: string): MemoryCall {
    const call = this.calls.get(callId);
    if (!call) throw refuse('CALL_NOT_FOUND', 404);
    return call;
  }

  #lineOf(channel: MemoryChannel): MemoryLine | undefined {
    return [...this.lines.values()].find((line) => line.channel === channel);
  }

  #devices(userId: string): MemoryLine[] {
    return [...this.lines.values()].filter((line) => line.userId === userId);
  }

  #userIds(): Set<string> {
    return new Set([...this.lines.values()].map(({ userId }) => userId));
  }

  #engaged(userId: string): boolean {
    return [...this.calls.values()].some(
      ({ from, to, calleeDevice }) => from === userId || (to === userId && calleeDevice !== undefined),
    );
  }

  #user(userId: string): { userId: string; displayName: string; busy: boolean } {
    const displayName = this.#devices(userId)[0]?.displayName ?? userId;
    return { userId, displayName, busy: this.#engaged(userId) };
  }

  #usersChanged(userId: string): void {
    const present = this.#devices(userId).length > 0;
    for (const line of this.lines.values()) {
      if (!line.watches || line.userId === userId) continue;
      line.channel.notify('usersChanged', {
        users: present ? [this.#user(userId)] : [],
        gone: present ? [] : [userId],
      });
    }
  }
}
