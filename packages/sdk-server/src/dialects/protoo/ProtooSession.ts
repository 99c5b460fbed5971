import {
  ProtooClientNotifications,
  ProtooRequests,
  type ProtooAnswers,
  type ProtooClientNotification,
  type ProtooClientNotificationParsed,
  type ProtooMethod,
  type ProtooRequest,
  type ProtooRequestParsed,
} from '@parlor/protocol';
import type { Authorization } from '../../access/types.js';
import type { JoinOptions } from '../../core/types.js';
import { isParlorError, ParlorError, toWireError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { FramedSocket, SocketHandler } from '../dialect.js';
import type { ClientPeer } from '../ownObjects.js';
import { validate } from '../validate.js';
import { handlers, listeners, type PeerMethod } from './handlers.js';
import { ProtooLink } from './ProtooLink.js';
import { listenToFrames } from './listenToFrames.js';
import { failureText, successText } from './requests.js';

/** The rooms as a session needs them. */
export interface SessionRooms {
  join(roomId: string, options: JoinOptions): Promise<ClientPeer>;
}

export interface SessionOptions {
  readonly roomId: string;
  readonly peerId: string;
  readonly authorization: Authorization;
  /** IP address of the client. */
  readonly address?: string | undefined;
  readonly subprotocol: string | undefined;
  readonly rooms: SessionRooms;
  readonly logger: Logger;
}

/** One socket of the native protocol: requests in, answers and numbered notifications out. */
export class ProtooSession implements SocketHandler {
  readonly subprotocol: string | undefined;
  readonly #options: SessionOptions;
  #peer: ClientPeer | undefined;
  #joining: Promise<unknown> | undefined;
  #open = true;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.subprotocol = options.subprotocol;
  }

  open(socket: FramedSocket): void {
    const link = new ProtooLink(socket);
    listenToFrames(socket, {
      request: (request) => void this.#serve(request, { socket, link }),
      notification: (notification) => {
        this.#hear(notification, link);
      },
      refused: (why) => {
        link.notify('error', why);
      },
    });
    socket.onClose(() => {
      this.#open = false;
      this.#peer?.leave('disconnected');
    });
  }

  async #serve(
    { id, method, data }: ProtooRequest,
    to: { socket: FramedSocket; link: ProtooLink },
  ): Promise<void> {
    try {
      const known = method as ProtooMethod;
      if (!Object.hasOwn(ProtooRequests, method))
        throw new ParlorError('UNKNOWN_METHOD', `no method "${method}"`);
      // A request that was sent right behind joinRoom waits for it instead of failing.
      if (known !== 'joinRoom' && this.#joining) await this.#joining.catch(() => undefined);
      if (known === 'joinRoom') await this.#join(id, validate(ProtooRequests.joinRoom, data, 'data'), to);
      else {
        // Without a wait where there is nothing to wait for: most requests only change the room's state.
        const answer = this.#answer(known, data);
        to.socket.send(successText(id, answer instanceof Promise ? await answer : answer));
      }
    } catch (error) {
      if (!isParlorError(error) || toWireError(error).code === 'INTERNAL') {
        const { roomId, peerId, logger } = this.#options;
        logger.error({ err: error, roomId, peerId, method }, 'request failed');
      }
      to.socket.send(failureText(id, error));
    }
  }

  /** What wants no answer; what nobody knows is ignored, as notifications are. */
  #hear({ method, data }: { method: string; data: unknown }, link: ProtooLink): void {
    if (!Object.hasOwn(ProtooClientNotifications, method) || !this.#peer || this.#peer.closed) return;
    try {
      listen(method as ProtooClientNotification, this.#peer, data);
    } catch (error) {
      const { code, message } = toWireError(error);
      link.notify('error', { code, message });
    }
  }

  #answer(method: Exclude<ProtooMethod, 'joinRoom'>, data: unknown): Promise<object> | object {
    if (method === 'ping') return {};
    if (!this.#peer || this.#peer.closed) throw new ParlorError('NOT_JOINED', 'send joinRoom first');
    if (method === 'leave') {
      this.#peer.leave();
      this.#peer = undefined;
      return {};
    }
    return handle(method, this.#peer, data);
  }

  async #join(
    id: number,
    data: ProtooRequestParsed<'joinRoom'>,
    { socket, link }: { socket: FramedSocket; link: ProtooLink },
  ): Promise<void> {
    if (this.#joining ?? (this.#peer && !this.#peer.closed)) {
      throw new ParlorError(
        'ALREADY_JOINED',
        'this connection has joined: open another one for another peer',
      );
    }
    link.hold();
    const joining = this.#enter(data, link);
    this.#joining = joining;
    try {
      socket.send(successText(id, await joining));
      link.release();
    } catch (error) {
      link.discard();
      throw error;
    } finally {
      this.#joining = undefined;
    }
  }

  async #enter(data: ProtooRequestParsed<'joinRoom'>, link: ProtooLink): Promise<ProtooAnswers['joinRoom']> {
    const { roomId, peerId, authorization, address, rooms } = this.#options;
    if (data.roomId !== roomId || data.peerId !== peerId) {
      throw new ParlorError('BAD_REQUEST', 'roomId and peerId must be those of the connection URL');
    }
    const displayName = authorization.name ?? data.displayName;
    // Who asks for transports wants the server to carry media, said or not.
    const wanted = data.topology ?? (data.transports?.length ? 'sfu' : undefined);
    const peer = await rooms.join(roomId, {
      peerId,
      link,
      grants: authorization.grants,
      place: { region: authorization.region, address },
      ...(displayName !== undefined && { displayName }),
      ...(authorization.userId !== undefined && { userId: authorization.userId }),
      ...(data.resumeToken !== undefined && { resumeToken: data.resumeToken }),
      ...(wanted && { topology: wanted }),
    });
    // What was held up to here is in the snapshot that is taken now; what comes from here on follows it.
    link.hold();
    const { peers, producers, topology } = peer.room.snapshot;
    try {
      if (!this.#open) throw new ParlorError('NOT_JOINED', 'the connection was lost while joining');
      if (data.rtpCapabilities) peer.setRtpCapabilities(data.rtpCapabilities);
      const [transports, iceServers] = await Promise.all([
        createTransports(peer, data.transports),
        peer.iceServers(),
      ]);
      // The socket may have closed and the peer may have been removed while the worker answered.
      if (!this.#open || peer.closed) throw new ParlorError('NOT_JOINED', 'the peer left while joining');
      this.#peer = peer;
      return {
        roomId,
        peerId,
        displayName: peer.displayName,
        rtpCapabilities: peer.room.rtpCapabilities,
        peers: peers.filter((other) => other.id !== peerId),
        producers,
        iceServers,
        topology,
        ...(data.transports && { transports }),
        resumeToken: peer.resumeToken,
      };
    } catch (error) {
      peer.leave('disconnected');
      throw error;
    }
  }
}

async function createTransports(
  peer: ClientPeer,
  directions: readonly ('send' | 'recv')[] = [],
): Promise<NonNullable<ProtooAnswers['joinRoom']['transports']>> {
  const made = await Promise.all(
    [...new Set(directions)].map(async (direction) => [
      direction,
      (await peer.createTransport({ direction })).info,
    ]),
  );
  return Object.fromEntries(made) as NonNullable<ProtooAnswers['joinRoom']['transports']>;
}

function listen<M extends ProtooClientNotification>(method: M, peer: ClientPeer, data: unknown): void {
  const parsed = validate(ProtooClientNotifications[method], data, 'data');
  listeners[method](peer, parsed as ProtooClientNotificationParsed<M>);
}

function handle<M extends PeerMethod>(
  method: M,
  peer: ClientPeer,
  data: unknown,
): Promise<ProtooAnswers[M]> | ProtooAnswers[M] {
  const parsed = validate(ProtooRequests[method], data, 'data') as ProtooRequestParsed<M>;
  return handlers[method](peer, parsed);
}
