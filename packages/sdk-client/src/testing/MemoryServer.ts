import { ParlorError, type ParlorErrorCode } from '../errors.js';
import type { ChannelFactory } from '../signaling/SignalChannel.js';
import { MemoryCalls } from './MemoryCalls.js';
import { MemoryChannel, type ChannelServer } from './MemoryChannel.js';
import { MemoryRoom, type MemoryMedia, type MemoryRoomContext } from './MemoryRoom.js';

const fakeMedia: MemoryMedia = {
  rtpCapabilities: {},
  transport: (id) => ({ id }),
  consumerParameters: () => ({}),
};

/**
 * A server for tests: rooms that live in memory, with the requests, answers and notifications of the native
 * protocol and no media. `new Room({ channel: server.channel, driver: fakeDrivers.factory })`.
 */
export class MemoryServer implements ChannelServer {
  readonly rooms = new Map<string, MemoryRoom>();
  /** Who rings whom: the connections on `/calls`. */
  readonly calls = new MemoryCalls();
  /** Every channel that was ever opened, oldest first. */
  readonly channels: MemoryChannel[] = [];
  /** Peers without the right to send messages. */
  readonly silent = new Set<string>();
  /** By which clients may connect, from now on. */
  iceServers: readonly RTCIceServer[] = [];
  readonly #refused = new Map<string, ParlorError>();
  #refusals: ParlorError[] = [];
  #down: ParlorError | undefined;
  #ids = 0;
  readonly #context: MemoryRoomContext;

  constructor(media: MemoryMedia = fakeMedia) {
    const newId = (kind: string) => `${kind}-${String(++this.#ids)}`;
    this.#context = { media, silent: this.silent, iceServers: () => this.iceServers, newId };
  }

  readonly channel: ChannelFactory = async ({ url, signal }) => {
    await Promise.resolve();
    if (signal.aborted) throw new ParlorError('CANCELLED', 'aborted');
    if (this.#down) throw this.#down;
    const refusal = this.#refusals.shift();
    if (refusal) throw refusal;
    const channel = new MemoryChannel(new URL(url), this);
    this.channels.push(channel);
    return channel;
  };

  /** Channels that are open now. */
  get open(): MemoryChannel[] {
    return this.channels.filter(({ isOpen }) => isOpen);
  }

  /** The next connection is refused. A `status` of 4xx makes it final. */
  refuseNext(code: ParlorErrorCode, status?: number): void {
    this.#refusals.push(new ParlorError(code, `refused: ${code}`, status === undefined ? {} : { status }));
  }

  /** Every request of this method is refused from now on. */
  refuseRequests(method: string, code: ParlorErrorCode, status: number): void {
    this.#refused.set(method, new ParlorError(code, `refused: ${code}`, { status }));
  }

  /** Nobody gets through until `up`, and all rooms are gone by then: as when the server is started anew. */
  down(): void {
    this.#down = new ParlorError('SERVER_UNREACHABLE', 'the server is down');
    for (const channel of this.open) this.cut(channel);
    this.calls.forget();
  }

  up(): void {
    this.#down = undefined;
  }

  /** Cuts a connection as a network does: without a word. */
  cut(channel: MemoryChannel): void {
    channel.end(new ParlorError('CONNECTION_LOST', 'the connection was lost'), false);
  }

  /** Loses a connection that cannot be taken up again, as when too much was said meanwhile: its client has to join anew. */
  lose(channel: MemoryChannel): void {
    channel.end(new ParlorError('SESSION_NOT_FOUND', 'too much was said', { status: 404 }), false, true);
  }

  /** Removes a peer for good. */
  remove(roomId: string, peerId: string): void {
    const channel = this.rooms.get(roomId)?.peers.get(peerId)?.channel;
    channel?.end(new ParlorError('PEER_REMOVED', 'removed', { status: 403 }), true);
  }

  /** Closes a room: everybody is out of it for good. */
  closeRoom(roomId: string): void {
    for (const { channel } of [...(this.rooms.get(roomId)?.peers.values() ?? [])])
      channel.end(new ParlorError('ROOM_CLOSED', 'closed', { status: 400 }), true);
  }

  handle(channel: MemoryChannel, method: string, data: unknown): unknown {
    const refusal = this.#refused.get(method);
    if (refusal) throw refusal;
    if (channel.url.pathname.endsWith('/calls')) return this.calls.handle(channel, method, data);
    const roomId = channel.url.searchParams.get('roomId') ?? '';
    let room = this.rooms.get(roomId);
    if (!room) this.rooms.set(roomId, (room = new MemoryRoom(roomId, this.#context)));
    return room.handle(channel, method, data);
  }

  disconnected(channel: MemoryChannel): void {
    this.calls.disconnected(channel);
    for (const [id, room] of this.rooms) {
      room.leave(channel, 'disconnected');
      if (room.peers.size === 0) this.rooms.delete(id);
    }
  }
}
