import {
  PeerSignalRequests,
  type PeerSignalAnswers,
  type PeerSignalEvents,
  type PeerSignalFailure,
  type PeerSignalRequest,
} from '@parlor/protocol';
import type { z } from 'zod';
import type { LinkEnd, PeerLink } from '../../core/ports.js';
import type { Peer } from '../../core/types.js';
import { isParlorError, ParlorError, toWireError } from '../../errors.js';
import { validate } from '../validate.js';
import { handshakeRequest } from './handshakeRequest.js';
import type { PeerSignalOptions, SignalGate } from './ports.js';
import { MovedPlace } from './MovedPlace.js';
import { P2pPlace } from './P2pPlace.js';
import type { Place } from './Place.js';
import { ServerPlace } from './ServerPlace.js';
import type { Member, SignalRoom } from './SignalRoom.js';
import { waitingPackets, type SignalSocket } from './socketIo.js';

/** How many rooms a socket may be in at once. */
const MAX_ROOMS_PER_SOCKET = 16;
/** How many messages may wait for a client that does not read them; what is more ends its connection. */
const MAX_WAITING = 512;
/** Session descriptions cost more than other signals: one message's worth for each so many characters. */
const CHARACTERS_PER_COST = 4096;

export interface SignalSessionOptions extends PeerSignalOptions {
  readonly roomOf: (name: string) => SignalRoom;
  readonly emptied: (room: SignalRoom) => void;
}

/** One socket in one room, for as long as it is there. */
interface Stay {
  peer: Peer;
  member: Member;
  place: Place;
}

type Requests = { [E in PeerSignalRequest]: z.output<(typeof PeerSignalRequests)[E]> };
type Ack = ((answer: object) => void) | undefined;

/** One Socket.IO socket: joins rooms and sends signals. Nothing that it sends can make a listener throw. */
export class SignalSession {
  readonly #socket: SignalSocket;
  readonly #options: SignalSessionOptions;
  readonly #gate: SignalGate;
  readonly #stays = new Map<string, Stay>();
  readonly #joining = new Map<string, Promise<Stay>>();
  readonly #listeners: [event: string, listener: (...args: unknown[]) => void][];
  #open = true;

  constructor(socket: SignalSocket, options: SignalSessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#gate = options.newGate();
    this.#listeners = [
      ...(Object.keys(PeerSignalRequests) as PeerSignalRequest[]).map(
        (event) =>
          [
            event,
            (...args: unknown[]) => {
              this.#receive(event, args);
            },
          ] as [string, (...args: unknown[]) => void],
      ),
      ['disconnect', () => this.#leaveAll('disconnected')],
    ];
    for (const [event, listener] of this.#listeners) socket.on(event, listener);
  }

  /** Leaves all rooms and hears nothing any more; the socket itself stays. */
  end(): void {
    for (const [event, listener] of this.#listeners) this.#socket.off(event, listener);
    this.#leaveAll('left');
  }

  #receive(event: PeerSignalRequest, args: unknown[]): void {
    const last = args.at(-1);
    const ack: Ack = typeof last === 'function' ? (answer) => void last(answer) : undefined;
    const data = typeof args[0] === 'function' ? undefined : args[0];
    const verdict = this.#gate.judge(costOf(data));
    if (verdict === 'end') {
      this.#disconnect('sends too much');
      return;
    }
    try {
      if (verdict === 'refuse') throw new ParlorError('RATE_LIMITED', 'too many messages: slow down');
      const answer = this.#serve(event, data);
      if (!(answer instanceof Promise)) ack?.(answer);
      else
        answer.then(
          (done) => ack?.(done),
          (error: unknown) => {
            this.#fail({ event, data, error }, ack);
          },
        );
    } catch (error) {
      this.#fail({ event, data, error }, ack);
    }
  }

  #serve(event: PeerSignalRequest, data: unknown): object | Promise<object> {
    switch (event) {
      case 'join-room':
        return this.#join(validate(PeerSignalRequests[event], data, 'data'));
      case 'leave-room': {
        const { roomName } = validate(PeerSignalRequests[event], data, 'data');
        return this.#once(roomName, () => this.#leave(roomName));
      }
      case 'peer-signal': {
        const sent = validate(PeerSignalRequests[event], data, 'data');
        return this.#once(sent.roomName, () => this.#signal(sent));
      }
    }
  }

  /** What is sent right behind `join-room` waits for it instead of failing. */
  #once<T>(roomName: string, act: () => T): T | Promise<T> {
    const joining = this.#joining.get(roomName);
    // Whether it has worked out is seen by what is done next.
    return joining ? joining.then(act, act) : act();
  }

  async #join({ roomName, pseudo }: Requests['join-room']): Promise<PeerSignalAnswers['join-room']> {
    const present = this.#stays.get(roomName) ?? this.#joining.get(roomName);
    // Pages ask twice: what they want is to be in the room.
    const { place } = await (present ?? this.#enter(roomName, pseudo));
    return { id: this.#socket.id, participants: place.participants };
  }

  #enter(roomName: string, pseudo: string): Promise<Stay> {
    if (this.#stays.size + this.#joining.size >= MAX_ROOMS_PER_SOCKET) {
      throw new ParlorError(
        'LIMIT_REACHED',
        `a socket may be in ${String(MAX_ROOMS_PER_SOCKET)} rooms at once: leave one first`,
      );
    }
    const entering = this.#admit(roomName, pseudo).finally(() => this.#joining.delete(roomName));
    this.#joining.set(roomName, entering);
    return entering;
  }

  async #admit(roomName: string, pseudo: string): Promise<Stay> {
    const { access, rooms, addressOf } = this.#options;
    const { id, handshake } = this.#socket;
    const request = handshakeRequest(handshake);
    const authorization = await access.authorize(request, { room: roomName, action: 'join' });
    const { userId, name, grants, region } = authorization;
    const peer = await rooms.join(roomName, {
      peerId: id,
      displayName: name ?? pseudo,
      grants,
      link: this.#link(roomName),
      // A room that others have opened on the server does as well.
      preferredTopology: 'p2p',
      transportPerPeer: true,
      place: { region, address: addressOf(request, handshake.address) },
      ...(userId !== undefined && { userId }),
    });
    if (!this.#open) peer.leave('disconnected');
    if (peer.closed) throw new ParlorError('NOT_JOINED', 'the socket left while it was joining');
    const member: Member = {
      id,
      userId: userId ?? id,
      pseudo: peer.displayName,
      tell: (event, data) => {
        this.#tell(event, data);
      },
      get participants() {
        return stay.place.participants;
      },
    };
    const stay: Stay = { peer, member, place: this.#placeOf(peer, member) };
    this.#stays.set(roomName, stay);
    return stay;
  }

  /** Media of the room goes through the server from here on. */
  #moved({ peer, member, place }: Stay): Place {
    const { clock, logger } = this.#options;
    const direct = new Set(place.participants.map(({ id }) => id));
    const isReachedDirectly = (peerId: string) => direct.has(peerId);
    return new MovedPlace(place, new ServerPlace({ peer, member, clock, logger, isReachedDirectly }));
  }

  #placeOf(peer: Peer, member: Member): Place {
    const { roomOf, emptied, clock, logger } = this.#options;
    return peer.room.topology === 'p2p'
      ? new P2pPlace(roomOf(peer.room.id), member, emptied)
      : new ServerPlace({ peer, member, clock, logger });
  }

  #link(roomName: string): PeerLink {
    return {
      dialect: 'peerSignal',
      send: (update) => {
        const stay = this.#stays.get(roomName);
        if (!stay) return;
        if (update.type === 'topologyChanged') stay.place = this.#moved(stay);
        stay.place.tell(update);
      },
      end: ({ code, message }: LinkEnd) => {
        if (!this.#forget(roomName, 'left')) return;
        this.#tell('room-left', { roomName, code, message });
      },
    };
  }

  #leave(roomName: string): object {
    const stay = this.#stays.get(roomName);
    if (!stay) throw notJoined(roomName);
    this.#forget(roomName, 'left');
    stay.peer.leave();
    return {};
  }

  #signal({ id, roomName, signal }: Requests['peer-signal']): object {
    const stay = this.#stays.get(roomName);
    if (!stay) throw notJoined(roomName);
    stay.place.relay(id, signal);
    return {};
  }

  #leaveAll(how: 'left' | 'disconnected'): void {
    this.#open = false;
    for (const [roomName, { peer }] of [...this.#stays]) {
      this.#forget(roomName, how === 'left' ? 'left' : 'connectionLost');
      peer.leave(how);
    }
  }

  #forget(roomName: string, reason: 'left' | 'connectionLost'): boolean {
    const stay = this.#stays.get(roomName);
    if (!stay) return false;
    this.#stays.delete(roomName);
    stay.place.leave(reason);
    return true;
  }

  #tell<E extends keyof PeerSignalEvents>(event: E, data: PeerSignalEvents[E]): void {
    if (waitingPackets(this.#socket) < MAX_WAITING) this.#socket.emit(event, data);
    else this.#disconnect('reads too slowly');
  }

  #disconnect(why: string): void {
    this.#options.logger.warn({ socketId: this.#socket.id }, `socket ended: ${why}`);
    this.#socket.disconnect(true);
  }

  #fail({ event, data, error }: { event: PeerSignalRequest; data: unknown; error: unknown }, ack: Ack): void {
    const { code, message } = toWireError(error);
    if (!isParlorError(error) || code === 'INTERNAL') {
      this.#options.logger.error({ err: error, socketId: this.#socket.id, event }, 'request failed');
    }
    if (ack) ack({ error: { code, message } } satisfies PeerSignalFailure);
    else {
      this.#tell('peer-signal-error', {
        event,
        code,
        message,
        ...shortText(data, 'id'),
        ...shortText(data, 'roomName'),
      });
    }
  }
}

function costOf(data: unknown): number {
  if (typeof data !== 'object' || data === null || !('signal' in data)) return 1;
  const { signal } = data;
  if (typeof signal !== 'object' || signal === null || !('sdp' in signal)) return 1;
  return typeof signal.sdp === 'string' ? 1 + Math.floor(signal.sdp.length / CHARACTERS_PER_COST) : 1;
}

function shortText<K extends string>(data: unknown, key: K): Partial<Record<K, string>> {
  if (typeof data !== 'object' || data === null) return {};
  const value: unknown = (data as Record<string, unknown>)[key];
  return typeof value === 'string' && value.length <= 128 ? ({ [key]: value } as Record<K, string>) : {};
}

const notJoined = (roomName: string): ParlorError =>
  new ParlorError('NOT_JOINED', `this socket is not in room ${roomName}: send join-room first`);
