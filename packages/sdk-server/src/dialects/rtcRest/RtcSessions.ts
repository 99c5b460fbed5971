import type { UsageRecord } from '@parlor/protocol';
import { nanoid } from 'nanoid';
import type { JoinOptions } from '../../core/types.js';
import { ParlorError } from '../../errors.js';
import type { Clock } from '../../ice/clock.js';
import type { ClientPeer } from '../ownObjects.js';
import { EventLog } from './EventLog.js';
import { RtcLink } from './RtcLink.js';
import { RtcSession } from './RtcSession.js';

/** How long a user may give no sign before they have left. */
const IDLE_MS = 60_000;
const TICK_MS = 5000;
const HEARTBEAT_MS = 15_000;
const PEER_ID_LENGTH = 12;

export interface RtcSessionsParts {
  readonly rooms: { join(roomId: string, options: JoinOptions): Promise<ClientPeer> };
  readonly clock: Clock;
  readonly newPeerId?: () => string;
}

/** Who joins where, with what of `JoinOptions` the request decides. */
export interface Joining {
  readonly userId: string;
  readonly roomId: string;
  readonly options: Pick<JoinOptions, 'displayName' | 'grants' | 'place'>;
}

/** Users of the REST dialect, each in one room at a time. */
export class RtcSessions {
  readonly #rooms: RtcSessionsParts['rooms'];
  readonly #clock: Clock;
  readonly #newPeerId: () => string;
  readonly #byUser = new Map<string, RtcSession>();
  /** Joins of one user happen one after another. */
  readonly #joining = new Map<string, Promise<unknown>>();
  #lastEventId = 0;
  #lastHeartbeat = 0;
  #stopTicking: (() => void) | undefined;

  constructor({ rooms, clock, newPeerId = () => nanoid(PEER_ID_LENGTH) }: RtcSessionsParts) {
    this.#rooms = rooms;
    this.#clock = clock;
    this.#newPeerId = newPeerId;
  }

  find(userId: string): RtcSession | undefined {
    return this.#byUser.get(userId);
  }

  /**
   * The user's stay in this room, begun if they are not there. They leave another room when they are in the new one.
   * @throws what `Rooms.open` and `Room.join` throw
   */
  async join(joining: Joining): Promise<RtcSession> {
    const { userId } = joining;
    const before = this.#joining.get(userId);
    const entering = (before?.catch(() => undefined) ?? Promise.resolve()).then(() => this.#enter(joining));
    this.#joining.set(userId, entering);
    try {
      return await entering;
    } finally {
      if (this.#joining.get(userId) === entering) this.#joining.delete(userId);
    }
  }

  /** Tells moderators of the room about somebody who has left. */
  tellUsage(record: UsageRecord): void {
    for (const session of this.#byUser.values()) {
      if (session.roomId === record.roomId) session.tellUsage(record);
    }
  }

  close(): void {
    this.#stopTicking?.();
    for (const session of [...this.#byUser.values()]) session.peer.leave('disconnected');
  }

  async #enter({ userId, roomId, options }: Joining): Promise<RtcSession> {
    const present = this.#byUser.get(userId);
    if (present?.roomId === roomId) return present;
    const link = new RtcLink(new EventLog(() => this.#nextEventId()));
    const peer = await this.#rooms.join(roomId, {
      ...options,
      peerId: this.#newPeerId(),
      userId,
      link,
      topology: 'sfu',
    });
    if (peer.closed) throw new ParlorError('NOT_JOINED', 'the peer was removed while it joined: join again');
    const session = new RtcSession({ peer, link, now: this.#clock.now });
    this.#byUser.set(userId, session);
    peer.once('closed', () => {
      if (this.#byUser.get(userId) === session) this.#byUser.delete(userId);
    });
    present?.peer.leave();
    this.#stopTicking ??= this.#tickLater();
    return session;
  }

  /**
   * Ids go on growing from one stay of a user to the next, also when the server has been started anew: one of an earlier
   * stay is never taken for one of this.
   */
  #nextEventId(): number {
    this.#lastEventId = Math.max(this.#lastEventId + 1, this.#clock.now() * 1000);
    return this.#lastEventId;
  }

  /** One timer for all, while there is somebody. */
  #tickLater(): () => void {
    return this.#clock.after(TICK_MS, () => {
      const now = this.#clock.now();
      const isBeat = now - this.#lastHeartbeat >= HEARTBEAT_MS;
      if (isBeat) this.#lastHeartbeat = now;
      for (const session of [...this.#byUser.values()]) {
        if (isBeat) session.heartbeat();
        const since = session.silentSince;
        if (since !== undefined && now - since >= IDLE_MS) session.peer.leave('disconnected');
      }
      this.#stopTicking = this.#byUser.size > 0 ? this.#tickLater() : undefined;
    });
  }
}
