import type { MediaKind } from '@parlor/protocol';
import type { Peer, Producer, Transport } from '../../core/types.js';
import { isParlorError, ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { peerPort, type MediaPort } from '../../sdp/MediaPort.js';
import type { MessageBudget } from '../../sdp/data/MessageBudget.js';
import { Negotiator, type NegotiatorOwner } from '../../sdp/Negotiator.js';
import { SdpSession } from '../../sdp/SdpSession.js';
import type { Refusal } from '../../sdp/SessionState.js';
import type { Timer } from '../timer.js';
import { LegData } from './LegData.js';
import type { Uplink } from './Uplink.js';

export interface Description {
  type: 'offer' | 'answer';
  sdp: string;
}

export interface LegOptions {
  /** The client. */
  readonly peer: Peer;
  /** Whom the server plays to it. */
  readonly other: Peer;
  readonly uplink: Uplink;
  /** Of all connections of the client. */
  readonly budget: MessageBudget;
  readonly timer: Timer;
  readonly logger: Logger;
  readonly say: (description: Description) => void;
  readonly failed: (error: unknown) => void;
  /** The connection is over, by the client or for good. */
  readonly ended: () => void;
}

/** One connection of a P2P client, which takes its other end for the browser of another participant. */
export class Leg implements NegotiatorOwner {
  readonly other: Peer;
  readonly #options: LegOptions;
  readonly #negotiator = new Negotiator(this);
  readonly #data: LegData;
  #transport: Transport | undefined;
  #closed = false;

  constructor(options: LegOptions) {
    this.#options = options;
    this.other = options.other;
    this.#data = new LegData(options);
    if (options.peer.grants.subscribe)
      for (const producer of this.other.producers.values()) if (!producer.pending) this.follow(producer);
  }

  get isConnected(): boolean {
    return this.#transport?.state === 'connected';
  }

  /** The server begins, as the participant whom it plays would. */
  begin(): void {
    this.#negotiator.begin([...this.#slots(), 'application']);
  }

  take({ type, sdp }: Description): void {
    this.#negotiator[type](sdp);
  }

  /** Gives the client a track of this participant as soon as there is something to see or hear in it. */
  follow(producer: Producer): void {
    if (producer.started) this.#negotiator.want(producer);
    else
      producer.once('started', () => {
        if (!producer.closed && !this.#closed) this.#negotiator.want(producer);
      });
  }

  unfollow(producerId: string): void {
    this.#negotiator.unwant(producerId);
  }

  changed(): void {
    this.#negotiator.changed();
  }

  /** Passes on what this participant says. */
  deliver(payload: unknown): void {
    this.#data.send(payload);
  }

  /** Asks the client for what it was told to keep. */
  carryUplink(): void {
    this.#negotiator.invite(this.#slots());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#negotiator.close();
    this.#data.close();
    this.#transport?.close();
  }

  async open(): Promise<SdpSession> {
    const { peer } = this.#options;
    const old = this.#transport;
    this.#transport = undefined;
    old?.close();
    const transport = await peer.createTransport({ direction: 'both', data: true });
    if (this.#closed) {
      transport.close();
      throw new ParlorError('NOT_JOINED', 'the participant has left');
    }
    this.#transport = transport;
    transport.on('stateChanged', (state) => {
      if (this.#transport === transport && state === 'disconnected') this.#negotiator.restartIce();
    });
    transport.once('closed', () => {
      if (this.#transport !== transport || this.#closed) return;
      this.#transport = undefined;
      this.#negotiator.lost();
      this.#options.ended();
    });
    return new SdpSession(this.#port(transport));
  }

  say(description: Description): void {
    if (!this.#closed) this.#options.say(description);
  }

  refused(refusals: readonly Refusal[]): void {
    for (const { code, message, producer } of refusals) {
      // That its media is taken on another connection is no failure.
      if (code === 'ALREADY_SENT') continue;
      this.#options.failed(
        new ParlorError(code, producer ? `a track of ${this.other.displayName}: ${message}` : message),
      );
    }
  }

  failed(error: unknown): void {
    if (this.#closed) return;
    if (!isParlorError(error)) {
      const { peer, logger } = this.#options;
      logger.error({ err: error, roomId: peer.room.id, peerId: peer.id }, 'negotiation failed');
    }
    this.#options.failed(error);
  }

  timedOut(): void {
    this.noticed('an offer was not answered');
    this.#options.ended();
  }

  noticed(what: string): void {
    const { peer, logger } = this.#options;
    logger.debug({ roomId: peer.room.id, peerId: peer.id, otherId: this.other.id }, what);
  }

  after(ms: number, action: () => void): () => void {
    return this.#options.timer.after(ms, action);
  }

  #slots(): MediaKind[] {
    const { peer, uplink } = this.#options;
    if (!uplink.claim(this)) return [];
    return (['audio', 'video'] satisfies MediaKind[]).filter((kind) => peer.grants.publish.includes(kind));
  }

  #port(transport: Transport): MediaPort {
    const { peer, uplink, timer } = this.#options;
    const port = peerPort(peer, transport, timer);
    return {
      ...port,
      openData: (data) => this.#data.open(transport, data),
      produce: async (options) => {
        if (!uplink.claim(this))
          throw new ParlorError('ALREADY_SENT', 'the server has this media by another connection');
        return await port.produce(options);
      },
    };
  }
}
