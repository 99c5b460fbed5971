import {
  ProtooClientNotifications,
  ProtooRequests,
  type ProtooAnswers,
  type ProtooClientNotification,
  type ProtooClientNotificationParsed,
  type ProtooMethod,
  type ProtooNotifications,
  type ProtooRequest,
  type ProtooRequestParsed,
} from '@parlor/protocol';
import type { Authorization } from '../../access/types.js';
import type { JoinOptions } from '../../core/types.js';
import { isParlorError, ParlorError, toWireError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { FramedSocket } from '../dialect.js';
import type { ClientPeer } from '../ownObjects.js';
import { validate } from '../validate.js';
import { Answers } from './Answers.js';
import { handlers, listeners, type PeerMethod, type Told } from './handlers.js';
import { transportsFor, viewFor, waysOf } from './paths.js';
import { ProtooLink, type LinkOwner } from './ProtooLink.js';
import { failureText, roomText, successText } from './requests.js';
import type { Returns } from './Returns.js';
import { lost, type Sessions } from './Sessions.js';

/** An answer, or what gives it at the moment when it is written. */
type Said = object | (() => object);

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
  readonly rooms: SessionRooms;
  readonly sessions: Sessions;
  readonly returns: Returns;
  readonly logger: Logger;
}

/** One client of the native protocol: requests in, answers and numbered notifications out. It may outlive its socket. */
export class ProtooSession implements LinkOwner {
  readonly #options: SessionOptions;
  readonly #link: ProtooLink;
  #socket: FramedSocket | undefined;
  #peer: ClientPeer | undefined;
  /** Of a join that came to nothing, in case its client comes back. */
  #kept: ClientPeer | undefined;
  #hasLeft = false;
  #resumeToken = '';
  #joining: Promise<unknown> | undefined;
  /** Of a client that comes back when its connection breaks. */
  #answers: Answers | undefined;
  /** Notifications of the client so far. */
  #heard = 0;

  constructor(options: SessionOptions, socket: FramedSocket) {
    this.#options = options;
    this.#socket = socket;
    this.#link = new ProtooLink(socket, this);
  }

  linkEnded(): void {
    this.#options.sessions.delete(this.#resumeToken);
  }

  /** By what its client was let in, where it is this one. */
  authorizationFor({ roomId, peerId }: Pick<SessionOptions, 'roomId' | 'peerId'>): Authorization | undefined {
    const own = this.#options;
    return own.roomId === roomId && own.peerId === peerId ? own.authorization : undefined;
  }

  get hasPeer(): boolean {
    return this.#own !== undefined;
  }

  /** Undefined as well when the client goes on with it by a later session. */
  get #own(): ClientPeer | undefined {
    return this.#isOwn(this.#peer) ? this.#peer : undefined;
  }

  /** Says what is wrong with a message that has no id to answer to. */
  refused(why: ProtooNotifications['error']): void {
    this.#link.notify('error', why);
  }

  /** Goes on over another socket. @throws SESSION_NOT_FOUND */
  resume(socket: FramedSocket, by: { id: number; seq: number; options: SessionOptions }): void {
    const { roomId, peerId, authorization } = this.#options;
    const { options } = by;
    const isSame =
      options.roomId === roomId &&
      options.peerId === peerId &&
      options.authorization.userId === authorization.userId;
    const missed = isSame ? this.#link.missedSince(by.seq) : undefined;
    if (!missed || !this.#own) throw lost();
    options.sessions.back(this.#resumeToken);
    // The client has left the old one for dead.
    this.#socket?.close(1000, '');
    this.#socket = socket;
    this.#answers?.expectRepeats();
    socket.send(successText(by.id, { heard: this.#heard } satisfies ProtooAnswers['resumeSession']));
    for (const text of missed) socket.send(text);
    this.#link.attach(socket);
  }

  /** The socket is gone. `left`: the client closed it, and did not lose it. */
  disconnected(socket: FramedSocket, left: boolean): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    this.#link.detach();
    this.#hasLeft = left;
    const peer = this.#own ?? (this.#isOwn(this.#kept) ? this.#kept : undefined);
    const { sessions } = this.#options;
    if (!left && peer) this.#await(peer);
    else {
      sessions.delete(this.#resumeToken);
      peer?.leave('disconnected');
    }
  }

  /** It stays in the room for as long as its client may be away. */
  #await(peer: ClientPeer): void {
    this.#options.sessions.await(this.#resumeToken, () => {
      peer.leave('disconnected');
    });
  }

  #isOwn(peer: ClientPeer | undefined): peer is ClientPeer {
    return peer?.closed === false && peer.isReachedBy(this.#link);
  }

  async serve({ id, method, data }: ProtooRequest): Promise<void> {
    const repeated = this.#answers?.repeated(id);
    if (repeated) {
      if (repeated !== 'underway') this.#socket?.send(repeated);
      return;
    }
    this.#answers?.begin(id);
    try {
      const known = method as ProtooMethod;
      if (!Object.hasOwn(ProtooRequests, method))
        throw new ParlorError('UNKNOWN_METHOD', `no method "${method}"`);
      // A request that was sent right behind joinRoom waits for it instead of failing.
      if (known !== 'joinRoom' && this.#joining) await this.#joining.catch(() => undefined);
      if (known === 'joinRoom') await this.#join(id, validate(ProtooRequests.joinRoom, data, 'data'));
      else if (known !== 'resumeSession') {
        // Without a wait where there is nothing to wait for: most requests only change the room's state.
        const answer = this.#answer(known, data);
        const told = answer instanceof Promise ? await answer : answer;
        this.#reply(id, successText(id, typeof told === 'function' ? told() : told));
      }
    } catch (error) {
      if (!isParlorError(error) || toWireError(error).code === 'INTERNAL') {
        const { roomId, peerId, logger } = this.#options;
        logger.error({ err: error, roomId, peerId, method }, 'request failed');
      }
      this.#reply(id, failureText(id, error));
    }
  }

  /** What wants no answer; what nobody knows is ignored, as notifications are. */
  hear({ method, data, text }: { method: string; data: unknown; text: string }): void {
    this.#heard += 1;
    const peer = this.#own;
    if (!Object.hasOwn(ProtooClientNotifications, method) || !peer) return;
    try {
      listen(method as ProtooClientNotification, peer, { data, text });
    } catch (error) {
      const { code, message } = toWireError(error);
      this.#link.notify('error', { code, message });
    }
  }

  #reply(id: number, text: string): void {
    this.#answers?.end(id, text);
    this.#socket?.send(text);
  }

  #answer(method: Exclude<ProtooMethod, 'joinRoom' | 'resumeSession'>, data: unknown): Promise<Said> | Said {
    if (method === 'ping') return {};
    const peer = this.#own;
    if (!peer) throw new ParlorError('NOT_JOINED', 'send joinRoom first');
    if (method === 'leave') {
      peer.leave();
      this.#peer = undefined;
      this.#options.sessions.delete(this.#resumeToken);
      return {};
    }
    return handle(method, peer, data);
  }

  async #join(id: number, data: ProtooRequestParsed<'joinRoom'>): Promise<void> {
    if (this.#joining ?? this.#own) {
      throw new ParlorError(
        'ALREADY_JOINED',
        'this connection has joined: open another one for another peer',
      );
    }
    this.#link.hold();
    const joining = this.#enter(data);
    this.#joining = joining;
    try {
      this.#reply(id, roomText(id, await joining));
      this.#link.release();
    } catch (error) {
      this.#link.discard();
      throw error;
    } finally {
      this.#joining = undefined;
    }
  }

  async #enter(data: ProtooRequestParsed<'joinRoom'>): Promise<ProtooAnswers['joinRoom']> {
    const { roomId, peerId, authorization, address, rooms } = this.#options;
    if (data.roomId !== roomId || data.peerId !== peerId) {
      throw new ParlorError('BAD_REQUEST', 'roomId and peerId must be those of the connection URL');
    }
    const former = await this.#options.returns.former(data.resumeToken, this.#options);
    const displayName = authorization.name ?? data.displayName ?? former?.claims?.name;
    const peer = await rooms.join(roomId, {
      peerId,
      link: this.#link,
      grants: authorization.grants,
      place: { region: authorization.region, address },
      ...(displayName !== undefined && { displayName }),
      ...(authorization.userId !== undefined && { userId: authorization.userId }),
      ...(former?.claims && { resumeToken: former.claims.proof }),
      ...waysOf(data),
    });
    peer.dynacast = data.dynacast ?? false;
    peer.forwarding.isLazy = data.lazy ?? false;
    try {
      if (!this.#socket) throw new ParlorError('NOT_JOINED', 'the connection was lost while joining');
      if (data.rtpCapabilities) peer.setRtpCapabilities(data.rtpCapabilities);
      const comeback = this.#options.returns.answer(peer, { authorization, former });
      const [room, iceServers] = await Promise.all([
        this.#lookAround(peer, data.transports),
        peer.iceServers(),
      ]);
      // The socket may have closed and the peer may have been removed while the worker answered.
      if (!this.#socket || !this.#isOwn(peer))
        throw new ParlorError('NOT_JOINED', 'the peer left while joining');
      this.#peer = peer;
      if (data.resumable) this.#becomeResumable(comeback.resumeToken);
      return {
        roomId,
        peerId,
        displayName: peer.displayName,
        ...(!peer.grants.data && { data: false }),
        ...room,
        iceServers,
        ...comeback,
      };
    } catch (error) {
      this.#giveUp(peer, former?.claims && data.resumeToken);
      throw error;
    }
  }

  /** Whom the others know from before is not seen to leave over it: its client comes back with the token that it has. */
  #giveUp(peer: ClientPeer, resumeToken: string | undefined): void {
    if (!this.#isOwn(peer)) return;
    if (resumeToken === undefined || this.#hasLeft) {
      peer.leave('disconnected');
      return;
    }
    this.#kept = peer;
    this.#resumeToken = resumeToken;
    this.#options.sessions.add(resumeToken, this);
    this.#await(peer);
  }

  /** The room as it is when its updates begin to wait, and the transports for it. */
  async #lookAround(
    peer: ClientPeer,
    wanted: ProtooRequestParsed<'joinRoom'>['transports'],
  ): Promise<ReturnType<typeof viewFor> & Pick<ProtooAnswers['joinRoom'], 'transports'>> {
    for (;;) {
      // What was held up to here is in the snapshot that is taken now; what comes from here on follows it.
      this.#link.hold();
      const view = viewFor(peer);
      const made = await transportsFor(peer, wanted);
      if (!made) continue;
      // It has come by this path: nobody needs to wait until it has changed over.
      if (view.path !== undefined) peer.pathReady(view.path);
      return { ...view, ...made };
    }
  }

  #becomeResumable(resumeToken: string): void {
    this.#resumeToken = resumeToken;
    this.#link.keepHistory();
    this.#answers ??= new Answers();
    this.#options.sessions.add(resumeToken, this);
  }
}

function listen<M extends ProtooClientNotification>(
  method: M,
  peer: ClientPeer,
  { data, text }: { data: unknown; text: string },
): void {
  const parsed = validate(ProtooClientNotifications[method], data, 'data');
  listeners[method](peer, parsed as ProtooClientNotificationParsed<M>, text);
}

function handle<M extends PeerMethod>(
  method: M,
  peer: ClientPeer,
  data: unknown,
): Promise<Told<M>> | Told<M> {
  const parsed = validate(ProtooRequests[method], data, 'data') as ProtooRequestParsed<M>;
  return handlers[method](peer, parsed);
}
