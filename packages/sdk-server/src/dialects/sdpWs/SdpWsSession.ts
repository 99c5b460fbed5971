import type { SdpWsClientMessage } from '@parlor/protocol';
import { nanoid } from 'nanoid';
import type { Authorization } from '../../access/types.js';
import type { JoinOptions, Peer } from '../../core/types.js';
import { isParlorError, ParlorError, toWireError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { FramedSocket, SocketHandler } from '../dialect.js';
import type { Timer } from '../timer.js';
import { Call } from './Call.js';
import { readMessage } from './messages.js';
import { SdpWsSocket } from './SdpWsSocket.js';

/** The rooms as a session needs them. */
export interface SdpWsRooms {
  join(roomId: string, options: JoinOptions): Promise<Peer>;
}

export interface SdpWsSessionOptions {
  /** Of the chat or group, as in the address. */
  readonly id: string;
  readonly roomId: string;
  readonly authorization: Authorization;
  /** IP address of the client. */
  readonly address: string | undefined;
  readonly rooms: SdpWsRooms;
  readonly timer: Timer;
  readonly logger: Logger;
}

/** How long a connection may be open without joining; milliseconds. */
const JOIN_TIMEOUT = 60_000;
/** Messages that may wait while the client is let in; no client sends so many. */
const MAX_WAITING = 64;

/** One socket of the dialect: its client joins, negotiates, leaves, and may join again. */
export class SdpWsSession implements SocketHandler {
  readonly subprotocol = undefined;
  readonly #options: SdpWsSessionOptions;
  readonly #waiting: SdpWsClientMessage[] = [];
  #call: Call | undefined;
  #joining = false;
  #open = true;
  #stopExpecting: (() => void) | undefined;

  constructor(options: SdpWsSessionOptions) {
    this.#options = options;
  }

  open(framed: FramedSocket): void {
    const { id, logger, roomId } = this.#options;
    const socket = new SdpWsSocket(framed, id);
    this.#expectJoin(socket);
    framed.onMessage((text) => {
      this.#guard(socket, () => {
        const incoming = readMessage(text);
        if (!incoming) {
          logger.warn({ roomId, sessionId: socket.sessionId }, 'not JSON: ignored');
          return;
        }
        socket.heard(incoming);
        this.#receive(incoming.message, socket);
      });
    });
    framed.onRefused((refusal) => {
      socket.fail(refusal);
    });
    framed.onClose(() => {
      this.#open = false;
      this.#stopExpecting?.();
      this.#call?.close('disconnected');
    });
  }

  #receive(message: SdpWsClientMessage, socket: SdpWsSocket): void {
    const { roomId, type } = message;
    const { id } = this.#options;
    if (roomId !== undefined && roomId !== null && String(roomId) !== id)
      throw new ParlorError('BAD_REQUEST', `roomId must be ${id}, as in the address of the connection`);
    if (this.#joining) {
      if (this.#waiting.length >= MAX_WAITING)
        throw new ParlorError('RATE_LIMITED', 'too many messages: wait until you have joined');
      this.#waiting.push(message);
      return;
    }
    if (this.#call && !this.#call.ended) {
      this.#negotiate(message, this.#call, socket);
      return;
    }
    // Candidates of a call that is over, and leaving twice, are no faults.
    if (type === 'ice' || type === 'leave') return;
    if (type === 'answer') throw new ParlorError('NOT_JOINED', 'send join first');
    // Whoever offers wants to be in.
    if (type === 'offer') this.#waiting.push(message);
    this.#joining = true;
    void this.#join(message, socket);
  }

  #negotiate(message: SdpWsClientMessage, call: Call, socket: SdpWsSocket): void {
    switch (message.type) {
      case 'join':
        throw new ParlorError('ALREADY_JOINED', 'this connection has joined: open another one to join again');
      case 'offer':
      case 'answer':
        call.describe(message.type, message.payload.sdp);
        break;
      case 'ice':
        call.takeCandidate(message.payload?.candidate ?? '');
        break;
      case 'leave':
        call.close('left');
        this.#expectJoin(socket);
        break;
    }
  }

  async #join(message: SdpWsClientMessage, socket: SdpWsSocket): Promise<void> {
    try {
      await this.#enter(message, socket);
    } catch (error) {
      this.#failed(error, socket);
    }
    this.#joining = false;
    const isIn = this.#call && !this.#call.ended;
    // Those of a client that was refused are part of the same failure.
    for (const waiting of this.#waiting.splice(0)) {
      if (isIn)
        this.#guard(socket, () => {
          this.#receive(waiting, socket);
        });
    }
  }

  async #enter(message: SdpWsClientMessage, socket: SdpWsSocket): Promise<void> {
    const { roomId, authorization, address, rooms, logger, timer } = this.#options;
    const peerId = message.sessionId ?? nanoid();
    const displayName = authorization.name ?? (message.type === 'join' ? message.name : undefined);
    const call = new Call({ socket, logger, timer });
    const peer = await rooms.join(roomId, {
      peerId,
      link: call,
      topology: 'sfu',
      grants: authorization.grants,
      place: { region: authorization.region, address },
      ...(typeof displayName === 'string' && { displayName }),
      ...(authorization.userId !== undefined && { userId: authorization.userId }),
    });
    if (!this.#open) {
      peer.leave('disconnected');
      return;
    }
    socket.sessionId = peerId;
    this.#stopExpecting?.();
    this.#call = call;
    try {
      await call.enter(peer);
    } catch (error) {
      call.close('disconnected');
      throw error;
    }
  }

  #expectJoin(socket: SdpWsSocket): void {
    this.#stopExpecting = this.#options.timer.after(JOIN_TIMEOUT, () => {
      socket.end({ code: 'IDLE_TIMEOUT', message: 'nobody joined on this connection' });
    });
  }

  #guard(socket: SdpWsSocket, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#failed(error, socket);
    }
  }

  #failed(error: unknown, socket: SdpWsSocket): void {
    if (!isParlorError(error)) {
      const { roomId, logger } = this.#options;
      logger.error({ err: error, roomId, sessionId: socket.sessionId }, 'message failed');
    }
    socket.fail(toWireError(error));
  }
}
