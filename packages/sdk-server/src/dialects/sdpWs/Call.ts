import type { MediaKind, SdpWsParticipant, SdpWsTrack } from '@parlor/protocol';
import type { LinkEnd, PeerLink } from '../../core/ports.js';
import type { Peer, Producer, Transport, TransportState } from '../../core/types.js';
import type { RoomUpdate } from '../../core/updates.js';
import { isParlorError, ParlorError, toWireError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { peerPort, type DataOptions } from '../../sdp/MediaPort.js';
import { Negotiator, type NegotiatorOwner } from '../../sdp/Negotiator.js';
import { SdpSession } from '../../sdp/SdpSession.js';
import type { Refusal } from '../../sdp/SessionState.js';
import { streamIdOf, streamIdOfPeer } from '../../sdp/streams.js';
import { CallData } from './CallData.js';
import { isCandidate } from './messages.js';
import type { CodedError, SdpWsSocket } from './SdpWsSocket.js';
import type { Timer } from '../timer.js';

export interface CallOptions {
  readonly socket: SdpWsSocket;
  readonly logger: Logger;
  readonly timer: Timer;
}

/** Between two descriptions; browsers have some ten. */
const MAX_CANDIDATES = 500;

/** A client that has joined: what the room tells it becomes offers and messages, what it says becomes media. */
export class Call implements PeerLink, NegotiatorOwner {
  readonly dialect = 'sdpWs';
  ended = false;
  readonly #socket: SdpWsSocket;
  readonly #logger: Logger;
  readonly #timer: Timer;
  readonly #negotiator = new Negotiator(this);
  readonly #data: CallData;
  #peer: Peer | undefined;
  #transport: Transport | undefined;
  #candidates = 0;
  #listens = false;

  constructor({ socket, logger, timer }: CallOptions) {
    this.#socket = socket;
    this.#logger = logger;
    this.#timer = timer;
    this.#data = new CallData({
      timer,
      failed: (error) => {
        this.#failed(error, 'data was not taken or does not arrive');
      },
      flooded: () => {
        this.#drop({ code: 'RATE_LIMITED', message: 'too many messages on data channels' });
      },
    });
  }

  /** The room has let the client in. */
  async enter(peer: Peer): Promise<void> {
    this.#peer = peer;
    const iceServers = await peer.iceServers();
    if (this.ended) return;
    // Everything before this is in what is read now, everything after it comes as an update.
    this.#listens = true;
    const { peers, producers } = peer.room;
    const participants = [...peers.values()].filter((other) => other !== peer).map(participantOf);
    this.#socket.send({ type: 'joined', participants, iceServers });
    for (const producer of producers.values()) {
      if (producer.pending) continue;
      this.#follow(producer);
      if (producer.paused) this.#tellMuted(producer);
    }
    const may = peer.grants.publish;
    this.#negotiator.start((['audio', 'video'] satisfies MediaKind[]).filter((kind) => may.includes(kind)));
  }

  describe(type: 'offer' | 'answer', sdp: string): void {
    this.#candidates = 0;
    this.#negotiator[type](sdp);
  }

  /** The worker is ICE-lite: it answers wherever the client's checks come from. @throws BAD_REQUEST, RATE_LIMITED */
  takeCandidate(candidate: string): void {
    this.#candidates += 1;
    if (this.#candidates > MAX_CANDIDATES) throw new ParlorError('RATE_LIMITED', 'too many candidates');
    if (!isCandidate(candidate))
      throw new ParlorError('BAD_REQUEST', 'message.payload.candidate: not a candidate');
  }

  /** The client goes; idempotent. */
  close(reason: 'left' | 'disconnected'): void {
    if (this.ended) return;
    // Still told: that the transport is closed.
    this.#peer?.leave(reason);
    this.ended = true;
    this.#negotiator.close();
    this.#data.close();
  }

  send(update: RoomUpdate): void {
    if (!this.#listens || this.ended) return;
    switch (update.type) {
      case 'peerJoined': {
        const { id, displayName } = update.peer;
        this.#socket.send({ type: 'participantJoined', participant: participantOf({ id, displayName }) });
        break;
      }
      case 'peerLeft':
        this.#socket.send({ type: 'participantLeft', participantId: update.peerId });
        break;
      case 'newProducer':
        this.#withProducer(update.producer.producerId, (producer) => {
          this.#follow(producer);
        });
        break;
      case 'producerClosed':
        this.#negotiator.unwant(update.producerId);
        break;
      // Of tracks that the client receives the one, of all others the other.
      case 'consumerPaused':
      case 'consumerResumed':
      case 'producerPaused':
      case 'producerResumed':
        // What the room holds back is not muted, and may come again at any time.
        if ('reason' in update) break;
        this.#withProducer(update.producerId, (producer) => {
          this.#tellMuted(producer);
          this.#negotiator.changed();
        });
        break;
      case 'message':
        this.#data.send(update);
        break;
      case 'producerScore':
      case 'consumerScore':
        this.#debug(update, 'quality of a track');
        break;
      default:
    }
  }

  end(end: LinkEnd): void {
    if (this.ended) return;
    this.ended = true;
    this.#negotiator.close();
    this.#data.close();
    this.#socket.end(end);
  }

  async open(): Promise<SdpSession> {
    const peer = this.#peer;
    if (!peer) throw new ParlorError('NOT_JOINED', 'send join first');
    const old = this.#transport;
    this.#transport = undefined;
    old?.close();
    const transport = await peer.createTransport({ direction: 'both', data: true });
    this.#transport = transport;
    this.#stateChanged('new', transport);
    transport.on('stateChanged', (state) => {
      this.#stateChanged(state, transport);
    });
    transport.once('closed', () => {
      if (this.#transport !== transport) return;
      this.#stateChanged('closed', transport);
      this.#transport = undefined;
      this.#negotiator.lost();
    });
    const openData = (data: DataOptions) => this.#data.open(peer, transport, data);
    return new SdpSession({ ...peerPort(peer, transport, this.#timer), openData });
  }

  /** A description of the server, for the client. */
  say(description: { type: 'offer' | 'answer'; sdp: string }): void {
    if (!this.ended) this.#socket.describe(description);
  }

  refused(refusals: readonly Refusal[]): void {
    for (const { code, message, kind, mid, producer } of refusals) {
      this.#debug({ code, kind, mid, producerId: producer?.id }, 'no such track');
      if (producer) {
        const whose = `${kind} of ${producer.peer.displayName} cannot be played: ${message}`;
        this.#socket.fail({ code, message: whose }, { track: trackOf(producer) });
      } else this.#socket.fail({ code, message }, mid === undefined ? {} : { mid });
    }
  }

  failed(error: unknown): void {
    this.#failed(error, 'negotiation failed');
  }

  timedOut(): void {
    this.#drop({ code: 'ANSWER_TIMEOUT', message: 'the offer of the server was not answered' });
  }

  noticed(what: string): void {
    this.#debug({}, what);
  }

  after(ms: number, action: () => void): () => void {
    return this.#timer.after(ms, action);
  }

  /** Offers a track as soon as there is something to see or hear in it: who only announces one shows nothing. */
  #follow(producer: Producer): void {
    const peer = this.#peer;
    if (!peer || producer.peer === peer || !peer.grants.subscribe) return;
    if (producer.started) this.#negotiator.want(producer);
    else
      producer.once('started', () => {
        if (!producer.closed && !this.ended) this.#negotiator.want(producer);
      });
  }

  #withProducer(id: string, action: (producer: Producer) => void): void {
    const producer = this.#peer?.room.producers.get(id);
    if (producer) action(producer);
  }

  #tellMuted(producer: Producer): void {
    this.#socket.send({ type: 'muted', muted: producer.paused, ...trackOf(producer) });
  }

  #failed(error: unknown, what: string): void {
    if (this.ended) return;
    if (isParlorError(error)) this.#debug({ err: error }, what);
    else this.#logger.error({ err: error, ...this.#place }, what);
    this.#socket.fail(toWireError(error));
  }

  /** The client has to go. */
  #drop(why: CodedError): void {
    this.#socket.end(why);
    this.close('disconnected');
  }

  #stateChanged(state: TransportState, transport: Transport): void {
    if (this.#transport !== transport || this.ended) return;
    this.#logger.info({ state, ...this.#place }, 'connection of an SDP client');
    this.#socket.send({ type: 'state', state });
    if (state === 'disconnected') this.#negotiator.restartIce();
    if (state === 'closed' || state === 'new') return;
    transport.stats().then(
      (stats) => {
        this.#debug({ state, ...stats }, 'figures of a connection');
      },
      (error: unknown) => {
        this.#debug({ err: error }, 'no figures of a connection');
      },
    );
  }

  #debug(fields: object, message: string): void {
    this.#logger.debug({ ...fields, ...this.#place }, message);
  }

  get #place(): object {
    return { roomId: this.#peer?.room.id, peerId: this.#peer?.id };
  }
}

const participantOf = ({ id, displayName }: Pick<Peer, 'id' | 'displayName'>): SdpWsParticipant => ({
  id,
  name: displayName,
  streamId: streamIdOfPeer(id),
});

const trackOf = (producer: Producer): SdpWsTrack => ({
  participantId: producer.peer.id,
  streamId: streamIdOf(producer),
  kind: producer.kind,
});
