import type { RoomClosedReason, Topology } from '@parlor/protocol';
import { isParlorError, ParlorError } from '../errors.js';
import { Emitter } from '../events.js';
import type { CoreContext } from './context.js';
import type { PeerImpl } from './PeerImpl.js';
import { p2pMedia } from './P2pMedia.js';
import { DEFAULT_GRANTS } from './permissions.js';
import type { MediaRoom } from './ports.js';
import { RoomImpl } from './RoomImpl.js';
import { topologyMismatch } from './topology/keptRoom.js';
import type { JoinOptions, OpenOptions, Rooms, RoomsEvents } from './types.js';

/** All rooms of one server: opens each once, forgets it when it closes. */
export class RoomRegistry extends Emitter<RoomsEvents> implements Rooms {
  readonly #context: CoreContext;
  readonly #rooms = new Map<string, RoomImpl>();
  readonly #opening = new Map<string, Promise<RoomImpl>>();
  #closing = false;
  #draining = false;

  constructor(context: CoreContext) {
    super();
    this.#context = context;
  }

  get size(): number {
    return this.#rooms.size;
  }

  [Symbol.iterator](): IterableIterator<RoomImpl> {
    return this.#rooms.values();
  }

  get(roomId: string): RoomImpl | undefined {
    return this.#rooms.get(roomId);
  }

  open(roomId: string, options: OpenOptions = {}): Promise<RoomImpl> {
    let opening = this.#opening.get(roomId);
    const room = this.#rooms.get(roomId);
    if (room) opening = Promise.resolve(room);
    if (!opening) {
      opening = this.#create(roomId, options).finally(() => this.#opening.delete(roomId));
      this.#opening.set(roomId, opening);
    }
    return opening.then(async (opened) => {
      const { topology } = options;
      // Somebody else may have asked for the server a moment ago.
      if (topology === 'sfu' && !opened.auto) await opened.keeper.opened;
      if (!topology || topology === 'auto' || (!opened.auto && topology === opened.topology)) return opened;
      if (!opened.auto) throw topologyMismatch(roomId, opened.topology);
      await opened.setTopology(topology);
      return opened;
    });
  }

  async join(roomId: string, options: JoinOptions): Promise<PeerImpl> {
    this.#assertOpen();
    const mayCreate = options.grants?.create ?? DEFAULT_GRANTS.create;
    for (;;) {
      await this.#context.prepareRoom?.(roomId, options);
      const existing = this.#rooms.get(roomId) ?? this.#opening.get(roomId);
      if (!existing && !mayCreate) {
        throw new ParlorError(
          'ROOM_NOT_FOUND',
          `there is no room ${roomId}, and can.create is false in the token`,
        );
      }
      const room = await (existing ?? this.open(roomId, this.#openingFor(options)));
      try {
        return await room.join(options);
      } catch (error) {
        // The last peer left while this one was being let in: the next turn opens the room anew.
        if (room.closed && isParlorError(error) && error.code === 'ROOM_CLOSED' && !this.#closing) continue;
        // A room that was made for a peer who then was refused has nobody to close it.
        if (!existing && room.peers.size === 0) room.close();
        throw error;
      }
    }
  }

  /** Takes nobody in any more. */
  drain(): void {
    this.#draining = true;
  }

  /** Ends every room; no new ones after this. */
  close(reason: RoomClosedReason): void {
    this.#closing = true;
    for (const room of [...this.#rooms.values()]) room.close(reason);
  }

  async #create(roomId: string, options: OpenOptions): Promise<RoomImpl> {
    this.#assertOpen();
    if (this.#rooms.size + this.#opening.size >= this.#context.limits.maxRooms) {
      throw new ParlorError('LIMIT_REACHED', 'the server has as many rooms as it may');
    }
    const { preferredTopology, topology: said = preferredTopology ? 'auto' : this.#context.topology } =
      options;
    const pinned = said === 'auto' ? undefined : (said ?? 'sfu');
    const topology = pinned ?? preferredTopology ?? 'p2p';
    const media = await this.#openMedia(roomId, topology);
    if (this.#closing) media.close();
    this.#assertOpen();
    const { lastN = this.#context.forwarding?.lastN, maxAudible = this.#context.forwarding?.maxAudible } =
      options;
    const room = new RoomImpl(roomId, this.#context, {
      pinned,
      topology,
      media,
      keepWhenEmpty: options.keepWhenEmpty ?? false,
      maxPeers: options.maxPeers,
      forwarding: { lastN, maxAudible },
      onDuplicate: options.onDuplicate ?? this.#context.onDuplicate ?? 'allow',
    });
    this.#rooms.set(roomId, room);
    room.on('closed', (reason) => {
      this.#rooms.delete(roomId);
      this.emit('closed', room, reason);
    });
    this.#context.logger.info({ roomId, topology }, 'room opened');
    this.emit('opened', room);
    return room;
  }

  /** What a room shall be that is opened for the one who joins it. Where rooms are `auto`, what one is follows from that. */
  #openingFor({ topology, preferredTopology }: JoinOptions): OpenOptions {
    if (topology && (topology === 'auto' || this.#context.topology !== 'auto')) return { topology };
    return preferredTopology ? { preferredTopology } : {};
  }

  /** A P2P room costs no media worker. */
  async #openMedia(roomId: string, topology: Topology): Promise<MediaRoom> {
    return topology === 'p2p' ? p2pMedia : await this.#context.backend.createRoom(roomId);
  }

  #assertOpen(): void {
    if (this.#closing || this.#draining)
      throw new ParlorError('SERVER_CLOSING', 'the server is shutting down: try again soon');
  }
}
