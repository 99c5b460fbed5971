import { deferred, type Deferred } from '../../deferred.js';
import { ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { Platform } from '../../platform.js';
import type { MediaRepair, TrackKind } from '../../types.js';
import { BEGIN_AGE, REPAIR_AGE, type IceServers } from './IceServers.js';
import { LinkRepair } from './LinkRepair.js';
import { MeshLink, type Incoming, type LinkPlan, type Outgoing } from './MeshLink.js';
import { readMessage, type Message } from './messages.js';
import type { IncomingSignal, OutgoingSignal } from './wire.js';

/** What all peers of a mesh share. */
export interface MeshContext {
  readonly selfId: string;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly configuration: RTCConfiguration;
  readonly iceServers: IceServers;
  readonly outgoing: ReadonlyMap<string, Outgoing>;
  readonly send: (to: string, signal: OutgoingSignal) => void;
  /** States or streams of some pair have changed. */
  readonly onChange: () => void;
  readonly onTrackReplaced: (producerId: string, media: MediaStreamTrack) => void;
  readonly onSlow: (peerId: string) => void;
  readonly onUnreachable: (peerId: string, error: ParlorError) => void;
  readonly onReachable: (peerId: string) => void;
  readonly onRepair: (peerId: string, repair: MediaRepair) => void;
  readonly onMessage: (from: string, message: Message) => void;
}

interface Received extends Incoming {
  media: MediaStreamTrack | undefined;
  readonly waiting: Deferred<MediaStreamTrack>;
  receiving: boolean;
}

/** Somebody else in the mesh: what is received from there, over whichever connection there is at the time. */
export class MeshPeer implements LinkPlan {
  readonly incoming = new Map<string, Received>();
  /** The smaller id opens: both sides know without asking. */
  readonly #opener: boolean;
  readonly #repair: LinkRepair;
  #link: MeshLink | undefined;

  constructor(
    readonly id: string,
    private readonly context: MeshContext,
    /** Its right to send messages, which nobody checks on the way. */
    private readonly maySend = true,
  ) {
    this.#opener = context.selfId < id;
    this.#repair = new LinkRepair({
      platform: context.platform,
      opener: this.#opener,
      hasRelay: () => context.iceServers.hasRelay,
      restart: (options) => this.#link?.restart(options),
      renew: () => {
        this.#renew();
      },
      slow: () => {
        context.onSlow(id);
      },
      unreachable: () => {
        context.onUnreachable(id, this.#reason());
      },
      reachable: () => {
        context.onReachable(id);
      },
      told: (step, reason) => {
        context.onRepair(id, { direction: 'both', step, reason });
      },
    });
  }

  get outgoing(): ReadonlyMap<string, Outgoing> {
    return this.context.outgoing;
  }

  get link(): MeshLink | undefined {
    return this.#link;
  }

  /** What is published here has changed. */
  update(): void {
    if (this.#opener && !this.#link && this.outgoing.size + this.incoming.size > 0)
      this.#connect(this.#newId());
    this.#link?.update();
    this.#deliver();
  }

  /** Resolves as soon as there is an object that the media will be in. */
  subscribe(producerId: string, kind: TrackKind): Promise<MediaStreamTrack> {
    let received = this.incoming.get(producerId);
    if (!received) {
      received = { kind, receiving: true, media: undefined, waiting: deferred() };
      received.waiting.promise.catch(() => undefined);
      this.incoming.set(producerId, received);
      this.update();
    }
    return received.waiting.promise;
  }

  unsubscribe(producerId: string, error: ParlorError): void {
    const received = this.incoming.get(producerId);
    if (!received) return;
    this.incoming.delete(producerId);
    received.waiting.reject(error);
    this.update();
  }

  /** The producer is gone: its track ends, as it does everywhere else. */
  ended(producerId: string): void {
    this.incoming.get(producerId)?.media?.stop();
    this.unsubscribe(producerId, new ParlorError('PRODUCER_NOT_FOUND', 'The track ended meanwhile.'));
  }

  setReceiving(producerId: string, receiving: boolean): void {
    const received = this.incoming.get(producerId);
    if (!received) throw new ParlorError('CONSUMER_NOT_FOUND', 'This track is not being received.');
    received.receiving = receiving;
    this.update();
  }

  receive(signal: IncomingSignal): void {
    const { connection, description } = signal;
    if (description?.type === 'rollback') {
      if (this.#opener && connection === this.#link?.id) this.#repair.broken();
      return;
    }
    // The opener begins anew by an offer under another name.
    if (!this.#opener && description?.type === 'offer' && (!this.#link || connection !== this.#link.id)) {
      this.#connect(connection);
    }
    // What belongs to a connection that is no more.
    if (connection === this.#link?.id) this.#link?.receive(signal);
  }

  restart(): void {
    this.#link?.restart();
  }

  /** What is received shows whether the connection carries anything. */
  seen(moves: boolean): void {
    if (moves) this.#repair.moves();
    else this.#repair.stalled();
  }

  /** The other side has joined anew: it knows nothing of the connection. Who opens makes another one. */
  returned(): void {
    if (!this.#opener) return;
    this.#link?.close();
    this.#link = undefined;
    this.update();
  }

  /** The network is back, or the other side. */
  hurry(): void {
    if (this.#opener && this.#link?.begun === false) this.#renew();
    else this.#repair.hurry();
  }

  close(): void {
    this.#repair.close();
    this.#link?.close();
    this.#link = undefined;
    const left = new ParlorError('PEER_NOT_FOUND', 'The participant has left.');
    for (const { media, waiting } of this.incoming.values()) {
      media?.stop();
      waiting.reject(left);
    }
    this.incoming.clear();
  }

  #newId(): string {
    return this.context.platform.randomId();
  }

  #connect(id: string | undefined): void {
    const age = this.#link ? REPAIR_AGE : BEGIN_AGE;
    this.#link?.close();
    this.#repair.renewed();
    const { platform, logger, configuration, iceServers } = this.context;
    const link = new MeshLink({
      id,
      opener: this.#opener,
      plan: this,
      platform,
      logger,
      configuration,
      iceServers,
      send: (signal) => {
        this.#send(signal);
      },
      onState: (state) => {
        if (this.#link !== link) return;
        this.#repair.onState(state);
        this.context.onChange();
      },
      onSettled: () => {
        if (this.#link === link) this.#repair.settled();
        this.#deliver();
        this.context.onChange();
      },
      onMessage: (data) => {
        if (this.#link === link) this.#onMessage(data);
      },
      onBroken: (error) => {
        if (this.#link !== link) return;
        logger.warn('the connection to a peer broke', this.id, error);
        this.#repair.broken();
      },
    });
    this.#link = link;
    link.renewServers(age);
  }

  #renew(): void {
    const { id } = this.#link ?? {};
    if (this.#opener) {
      this.#connect(this.#newId());
      this.update();
      return;
    }
    const rollback: OutgoingSignal = {
      ...(id === undefined ? {} : { connection: id }),
      description: { type: 'rollback', sdp: '' },
    };
    this.#send(rollback);
  }

  #send(signal: OutgoingSignal): void {
    this.context.send(this.id, signal);
  }

  /** Hands out what can be received by now, and what has come in place of something else. */
  #deliver(): void {
    for (const [producerId, received] of this.incoming) {
      const media = this.#link?.received(producerId)?.track;
      if (!media || media === received.media) continue;
      const before = received.media;
      received.media = media;
      if (!before) received.waiting.resolve(media);
      else {
        media.enabled = before.enabled;
        this.context.onTrackReplaced(producerId, media);
      }
    }
  }

  #onMessage(data: unknown): void {
    const message = this.maySend ? readMessage(data) : undefined;
    if (message) this.context.onMessage(this.id, message);
    else this.context.logger.debug(this.maySend ? 'not a message' : 'no right to send messages', this.id);
  }

  #reason(): ParlorError {
    const cause = this.#link?.failures.worst;
    const advice = cause
      ? cause.message
      : this.#link?.begun
        ? 'A firewall or NAT is between the two: a TURN server would help.'
        : 'The other side does not answer.';
    return new ParlorError('PEER_UNREACHABLE', `No path to participant ${this.id}. ${advice}`, { cause });
  }
}
