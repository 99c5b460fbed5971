import type {
  P2pCreateBody,
  P2pIceServer,
  P2pJoinBody,
  P2pRoomCreated,
  P2pRoomJoined,
  P2pRoomState,
} from '@parlor/protocol';
import type { z } from 'zod';
import { GuessLimiter } from '../../access/GuessLimiter.js';
import { newGuestKey, signGuestToken } from '../../access/guestTokens.js';
import { hashPassword, isPassword } from '../../access/passwords.js';
import { isParlorError, ParlorError } from '../../errors.js';
import type { Clock } from '../../ice/clock.js';
import type { IcePeer, IceServersFor } from '../../ice/types.js';
import type { Logger } from '../../logger.js';
import { isRoomId, newParticipantId, newPassword } from './ids.js';
import { LiveRooms } from './LiveRooms.js';
import type { Meeting, SharedRooms } from './Meeting.js';
import { MemoryRoomStore } from './MemoryRoomStore.js';
import { defaultsOf, type P2pRoomsDefaults, type P2pRoomsOptions } from './options.js';
import type { P2pRoomStore, StoredP2pRoom } from './store.js';

const MINUTE_MS = 60_000;
const TOKEN_TTL_MS = 10 * MINUTE_MS;
/** How long it is said of a room that it has expired, and not that there is none. */
const REMEMBER_EXPIRED_MS = 60 * MINUTE_MS;

export interface P2pRoomsParts {
  readonly options: P2pRoomsOptions;
  readonly iceServers: IceServersFor;
  /** The rooms of all dialects: these are among them while somebody is there. */
  readonly rooms: SharedRooms;
  /** Whether the server can carry media: otherwise it always goes from browser to browser. */
  readonly carriesMedia: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Creation {
  readonly id: string;
  readonly userId: string;
  readonly body: z.output<typeof P2pCreateBody>;
}

export interface Joining {
  readonly id: string;
  readonly address: string | undefined;
  readonly body: z.output<typeof P2pJoinBody>;
  /** What a guest is called who does not say. */
  readonly unnamed: string;
}

interface Unlocking {
  id: string;
  address: string | undefined;
  password: string;
}

/** Rooms from their creation to their end. */
export class P2pRooms {
  readonly #store: P2pRoomStore;
  readonly #defaults: P2pRoomsDefaults;
  readonly #guesses: GuessLimiter;
  readonly #live: LiveRooms;
  readonly #carriesMedia: boolean;
  readonly #iceServers: IceServersFor;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Rooms that are being made, by user. */
  readonly #creating = new Map<string, number>();
  #stopSweeping: (() => void) | undefined;
  #closed = false;

  constructor({ options, iceServers, rooms, carriesMedia, clock, logger }: P2pRoomsParts) {
    this.#store = options.store ?? new MemoryRoomStore();
    this.#defaults = defaultsOf(options);
    this.#guesses = new GuessLimiter(options.guessing ?? {}, () => clock.now());
    this.#live = new LiveRooms({ clock, rooms, logger });
    this.#carriesMedia = carriesMedia;
    this.#iceServers = iceServers;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Undefined: the id is taken. @throws LIMIT_REACHED, MEDIA_UNAVAILABLE */
  async create({ id, userId, body }: Creation): Promise<P2pRoomCreated | undefined> {
    this.#checkOpen();
    const { topology = 'auto' } = body;
    if (topology === 'sfu') this.#checkMedia('rooms with topology "sfu"');
    const creating = this.#creating.get(userId) ?? 0;
    this.#creating.set(userId, creating + 1);
    try {
      const open = await this.#store.countOpen(userId, this.#clock.now());
      if (open + creating >= this.#defaults.roomsPerUser)
        throw new ParlorError(
          'LIMIT_REACHED',
          `a user may have ${String(this.#defaults.roomsPerUser)} open rooms`,
        );
      const password = body.password ?? newPassword();
      const passwordHash = await hashPassword(password);
      const now = this.#clock.now();
      const room: StoredP2pRoom = {
        id,
        name: body.name ?? id,
        creator: { userId, participantId: newParticipantId() },
        maxParticipants: body.max_participants ?? this.#defaults.maxParticipants,
        createdAt: now,
        expiresAt: now + (body.expires_minutes ?? this.#defaults.expiresMinutes) * MINUTE_MS,
        passwordHash,
        guestKey: newGuestKey(),
        topology,
      };
      if (!(await this.#store.add(room))) return undefined;
      const { name, maxParticipants: max_participants } = room;
      return { room_id: id, password, name, max_participants, expires_at: instant(room.expiresAt) };
    } finally {
      const left = (this.#creating.get(userId) ?? 1) - 1;
      if (left > 0) this.#creating.set(userId, left);
      else this.#creating.delete(userId);
    }
  }

  /** @throws RATE_LIMITED (a `TooManyGuesses`), ROOM_NOT_FOUND, ROOM_EXPIRED, PASSWORD_WRONG, ROOM_FULL */
  async join({ id, address, body, unnamed }: Joining): Promise<P2pRoomJoined> {
    this.#checkOpen();
    const room = await this.#unlock({ id, address, password: body.password });
    const live = this.#live.find(id);
    if (live?.hasPlaceFor() === false) throw live.full();

    const participantId = newParticipantId();
    const expiresAt = this.#clock.now() + TOKEN_TTL_MS;
    const guest = { id: participantId, name: body.display_name ?? unnamed };
    return {
      participant_id: participantId,
      ws_token: await signGuestToken(guest, { key: room.guestKey, expiresAt }),
      room_name: room.name,
      ice_servers: this.#iceServersFor({ id: participantId, userId: `guest_${participantId}`, address }),
      token_expires_at: instant(expiresAt),
    };
  }

  /** What its creator may know of a room; `place` is where the creator is. */
  stateFor(room: StoredP2pRoom, place: Pick<IcePeer, 'region' | 'address'>): P2pRoomState {
    const { id, name, creator, maxParticipants, createdAt, expiresAt } = room;
    return {
      room_id: id,
      name,
      max_participants: maxParticipants,
      created_at: instant(createdAt),
      expires_at: instant(expiresAt),
      participants: this.#live.find(id)?.participants ?? [],
      ice_servers: this.#iceServersFor({ id: creator.participantId, userId: creator.userId, ...place }),
    };
  }

  /** Ends a room for everybody in it. */
  async delete(id: string): Promise<void> {
    await this.#store.delete(id);
    this.#live.close(id, 'ROOM_CLOSED');
  }

  /** Whether it takes a password to enter this room. */
  async isLocked(id: string): Promise<boolean> {
    return isRoomId(id) && (await this.#store.get(id)) !== undefined;
  }

  /**
   * Somebody comes by another dialect: from here on media of the room goes through the server, if it is one of these.
   *
   * @throws TOPOLOGY_MISMATCH, MEDIA_UNAVAILABLE, ROOM_EXPIRED, ROOM_FULL, LIMIT_REACHED
   */
  async prepare(id: string, { peerId }: { peerId: string }): Promise<void> {
    const room = isRoomId(id) ? await this.#store.get(id) : undefined;
    if (!room) return;
    this.#checkTime(room);
    if (room.topology === 'p2p')
      throw new ParlorError(
        'TOPOLOGY_MISMATCH',
        `room ${id} was opened with topology "p2p", for pages of its own protocol alone: others can enter rooms that ` +
          'were opened with "auto" (POST /api/webrtc/rooms without topology)',
      );
    this.#checkMedia(`anybody but pages of its own protocol in room ${id}`);
    await this.admit(room, peerId).moveToServer();
  }

  /** @throws ROOM_NOT_FOUND, ROOM_EXPIRED */
  async find(id: string): Promise<StoredP2pRoom> {
    const room = await this.#store.get(id);
    if (!room) throw new ParlorError('ROOM_NOT_FOUND', `there is no room ${id}`);
    this.#checkTime(room);
    return room;
  }

  /** Where connections to a room meet. @throws ROOM_FULL */
  admit(room: StoredP2pRoom, participantId: string): Meeting {
    this.#checkOpen();
    const live = this.#live.open(room);
    if (!live.hasPlaceFor(participantId)) throw live.full();
    return live;
  }

  /** Tells everybody that the server goes; idempotent. */
  close(): void {
    this.#closed = true;
    this.#stopSweeping?.();
    this.#live.closeAll('SERVER_CLOSING');
  }

  get now(): number {
    return this.#clock.now();
  }

  /** @throws RATE_LIMITED (a `TooManyGuesses`), ROOM_NOT_FOUND, ROOM_EXPIRED, PASSWORD_WRONG */
  async #unlock({ id, address, password }: Unlocking): Promise<StoredP2pRoom> {
    const attempt = await this.#guesses.begin({ room: id, address });
    // Whoever tries out ids guesses as well.
    let result: 'right' | 'wrong' = 'wrong';
    try {
      if (attempt.delayMs > 0) await this.#pause(attempt.delayMs);
      const room = await this.find(id);
      if (!(await isPassword(password, room.passwordHash)))
        throw new ParlorError('PASSWORD_WRONG', 'this is not the password of the room');
      result = 'right';
      return room;
    } catch (error) {
      if (isParlorError(error) && error.code === 'ROOM_EXPIRED') result = 'right';
      throw error;
    } finally {
      attempt.done(result);
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new ParlorError('SERVER_CLOSING', 'the server is shutting down: try again later');
    this.#stopSweeping ??= this.#sweepLater();
  }

  #checkTime({ id, expiresAt }: StoredP2pRoom): void {
    if (expiresAt <= this.#clock.now())
      throw new ParlorError('ROOM_EXPIRED', `room ${id} expired at ${instant(expiresAt)}`);
  }

  #checkMedia(what: string): void {
    if (this.#carriesMedia) return;
    throw new ParlorError(
      'MEDIA_UNAVAILABLE',
      `this server carries no media, which is needed for ${what}: start it without media: 'none'`,
    );
  }

  #iceServersFor(peer: IcePeer): P2pIceServer[] {
    return this.#iceServers(peer).map(({ urls, ...rest }) => ({ urls: [urls].flat(), ...rest }));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }

  #sweepLater(): () => void {
    return this.#clock.after(MINUTE_MS, () => {
      this.#stopSweeping = this.#sweepLater();
      this.#live.sweep();
      this.#guesses.sweep();
      this.#store.deleteExpired(this.#clock.now() - REMEMBER_EXPIRED_MS).catch((error: unknown) => {
        this.#logger.error({ err: error }, 'expired rooms could not be deleted');
      });
    });
  }
}

/** ISO 8601 to the second, as the document writes it. */
const instant = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
