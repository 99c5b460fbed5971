import type { CallInfo } from '@parlor/protocol';
import { Emitter } from '../emitter.js';
import { ParlorError, toParlorError } from '../errors.js';
import type { DisconnectReason, RoomLike } from '../types.js';
import type * as api from './types.js';

/** What a call needs of its client. */
export interface CallContext {
  warn(message: string, ...details: unknown[]): void;
  accept(callId: string): Promise<CallInfo>;
  /** Tells the server; now, or as soon as there is a connection. */
  end(callId: string, how: 'rejectCall' | 'hangUpCall'): void;
  setVideo(callId: string, video: boolean): Promise<void>;
  createRoom(): RoomLike;
  /** What the others see of this user. */
  displayName(): string;
  /** The server's URL for rooms, with a ticket. */
  roomUrl(ticket: string): string;
  onEnded(call: Call): void;
}

/** What the end of a call is called, where it has a name of its own. */
const END_EVENTS = {
  rejected: 'rejected',
  busy: 'busy',
  cancelled: 'cancelled',
  noAnswer: 'unanswered',
  takenElsewhere: 'takenElsewhere',
} as const;

const notActive = () =>
  new ParlorError(
    'CALL_NOT_ACTIVE',
    'Nobody has accepted this call yet, or it is over. Wait for "accepted".',
  );

export class Call extends Emitter<api.CallEvents> implements api.CallLike {
  readonly id: string;
  readonly direction: 'outgoing' | 'incoming';
  readonly user: api.CallParty;
  readonly #context: CallContext;
  readonly #roomId: string;
  #ticket: string | undefined;
  #state: api.CallState;
  #video: boolean;
  #endedBecause: api.CallEndedReason | undefined;
  #room: RoomLike | undefined;

  constructor(info: CallInfo, context: CallContext) {
    super();
    this.id = info.callId;
    this.direction = info.direction;
    this.user = { userId: info.user.userId, name: info.user.displayName };
    this.#roomId = info.roomId;
    this.#ticket = info.ticket;
    this.#state = info.state;
    this.#video = info.video;
    this.#context = context;
  }

  get state(): api.CallState {
    return this.#state;
  }

  get video(): boolean {
    return this.#video;
  }

  get endedBecause(): api.CallEndedReason | undefined {
    return this.#endedBecause;
  }

  get room(): RoomLike | undefined {
    return this.#room;
  }

  async accept(): Promise<void> {
    if (this.#state === 'active') return;
    if (this.#state === 'ended') throw new ParlorError('CALL_NOT_FOUND', 'This call is over.');
    const { ticket } = await this.#context.accept(this.id);
    if (ticket !== undefined) this.activate(ticket);
  }

  reject(): Promise<void> {
    this.#end('rejectCall', 'rejected');
    return Promise.resolve();
  }

  hangUp(): Promise<void> {
    this.#end('hangUpCall', this.#state === 'active' ? 'hungUp' : 'cancelled');
    return Promise.resolve();
  }

  async join({
    room = this.#room ?? this.#context.createRoom(),
    audio = true,
    video = this.#video,
  }: api.JoinCallOptions = {}): Promise<RoomLike> {
    if (this.#state !== 'active' || this.#ticket === undefined) throw notActive();
    this.#room = room;
    room.once('disconnected', this.#onRoomLeft);
    const { localParticipant } = room;
    // Devices open while the network is waited for; what they refuse the room tells.
    if (audio) this.#inBackground(localParticipant.setMicrophoneEnabled(true));
    if (video) this.#inBackground(localParticipant.setCameraEnabled(true));
    try {
      const displayName = this.#context.displayName();
      await room.connect(this.#context.roomUrl(this.#ticket), undefined, { room: this.#roomId, displayName });
    } catch (error) {
      await this.hangUp();
      throw error;
    }
    return room;
  }

  async addVideo(): Promise<void> {
    if (this.#state !== 'active' || !this.#room) throw notActive();
    await this.#room.localParticipant.setCameraEnabled(true);
    await this.#context.setVideo(this.id, true);
    this.#video = true;
  }

  /** The server has found it accepted. */
  activate(ticket: string): void {
    this.#ticket = ticket;
    if (this.#state !== 'ringing') return;
    this.#setState('active');
    this.emit('accepted');
  }

  changeVideo(video: boolean): void {
    if (this.#state === 'ended' || video === this.#video) return;
    this.#video = video;
    this.emit('videoChanged', video);
  }

  /** The server, or the loss of the connection, has ended it. */
  finish(reason: api.CallEndedReason): void {
    if (this.#state === 'ended') return;
    const rang = this.#state === 'ringing';
    this.#endedBecause = reason;
    this.#setState('ended');
    this.#context.onEnded(this);
    const room = this.#room;
    room?.off('disconnected', this.#onRoomLeft);
    if (room && room.state !== 'disconnected') this.#inBackground(room.disconnect());
    if (reason in END_EVENTS) this.emit(END_EVENTS[reason as keyof typeof END_EVENTS]);
    else if (rang && reason === 'connectionLost' && this.direction === 'incoming') this.emit('cancelled');
    this.emit('ended', reason);
    this.removeAllListeners();
  }

  #end(how: 'rejectCall' | 'hangUpCall', reason: api.CallEndedReason): void {
    if (this.#state === 'ended') return;
    this.#context.end(this.id, how);
    this.finish(reason);
  }

  #setState(state: api.CallState): void {
    this.#state = state;
    this.emit('stateChanged', state);
  }

  /**
   * Out of the room, out of the call: the other side is not left alone in it. A room that the server has closed says that
   * the call is over and not why: that comes by the other connection, before or after.
   */
  readonly #onRoomLeft = ({ code }: DisconnectReason): void => {
    if (code !== 'ROOM_CLOSED') this.#end('hangUpCall', 'hungUp');
  };

  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#context.warn('in a call', toParlorError(error, 'CAPTURE_FAILED').code, error);
    });
  }
}
