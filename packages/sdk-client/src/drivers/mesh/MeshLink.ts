import { ParlorError } from '../../errors.js';
import type { PeerConnectionLike, Platform } from '../../platform.js';
import type { Logger } from '../../logger.js';
import type { TrackKind } from '../../types.js';
import type { PublishRequest } from '../MediaDriver.js';
import { TurnFailures } from '../turnFailure.js';
import type { Stream } from '../../stats/streamHealth.js';
import { REPAIR_AGE, type IceServers } from './IceServers.js';
import { MessageChannel } from './MessageChannel.js';
import { Negotiation } from './Negotiation.js';
import { preferSending } from './sendingPreferences.js';
import { limitSender } from './senderSettings.js';
import type { Description, IncomingSignal, OutgoingSignal, Tracks } from './wire.js';

export type Outgoing = PublishRequest & { readonly wantedBitrate: number };

export interface Incoming {
  readonly kind: TrackKind;
  /** False: paused for now. */
  readonly receiving: boolean;
}

/** What is to go over a link, by producer id. */
export interface LinkPlan {
  readonly outgoing: ReadonlyMap<string, Outgoing>;
  readonly incoming: ReadonlyMap<string, Incoming>;
}

export interface MeshLinkOptions {
  readonly id: string | undefined;
  /** Makes the first offer and every media section. */
  readonly opener: boolean;
  readonly plan: LinkPlan;
  readonly platform: Platform;
  readonly logger: Logger;
  /** Without the ICE servers. */
  readonly configuration: RTCConfiguration;
  readonly iceServers: Pick<IceServers, 'known' | 'renew'>;
  readonly send: (signal: OutgoingSignal) => void;
  readonly onState: (state: RTCPeerConnectionState) => void;
  /** Offer and answer have met: what can be received may have changed, and what is sent. */
  readonly onSettled: () => void;
  readonly onMessage: (data: unknown) => void;
  readonly onBroken: (error: unknown) => void;
}

/** What is stopped takes no other direction (W3C WebRTC §5.4), and stays listed until offer and answer have met. */
const isStopped = ({ direction }: RTCRtpTransceiver): boolean => direction === 'stopped';

const isRunning = ({ currentDirection }: RTCRtpTransceiver): boolean => currentDirection === 'sendonly';

const ufragOf = (description: { sdp?: string } | null) =>
  /^a=ice-ufrag:.*/m.exec(description?.sdp ?? '')?.[0];

/** RFC 8839 §4.4.1.1.1: an offer with other credentials than before. */
const isRestart = (offer: Description, before: RTCSessionDescription | null): boolean =>
  offer.type === 'offer' && before !== null && ufragOf(offer) !== ufragOf(before);

/**
 * One RTCPeerConnection to one peer. Each publication of either side has a media section of its own, made by the
 * opener; the receiver says by its direction whether it wants it. An offer of the opener names the producer of each
 * section, so that nothing is guessed from stream ids.
 */
export class MeshLink {
  readonly id: string | undefined;
  readonly failures = new TurnFailures();
  readonly messages: MessageChannel;
  readonly #connection: PeerConnectionLike;
  readonly #negotiation: Negotiation;
  readonly #slots = new Map<string, RTCRtpTransceiver>();
  readonly #streams = new Map<boolean, MediaStream>();
  /** Those that it has been given. */
  #servers: readonly RTCIceServer[];

  constructor(private readonly options: MeshLinkOptions) {
    const { id, opener, platform, configuration, iceServers, send, onState, onSettled, onBroken } = options;
    this.id = id;
    this.#servers = iceServers.known;
    try {
      this.#connection = platform.createPeerConnection({ ...configuration, iceServers: [...this.#servers] });
    } catch (error) {
      const message = 'This browser cannot connect to others directly. Use a current one.';
      throw new ParlorError('BROWSER_UNSUPPORTED', message, { cause: error });
    }
    this.messages = new MessageChannel(this.#connection, options);
    const connection = id === undefined ? {} : { connection: id };
    this.#negotiation = new Negotiation(this.#connection, {
      opener,
      send: (description) => {
        send({ ...connection, description });
      },
      tracks: () => this.#tracks(),
      preferSending: ({ sdp, tracks = this.#tracks() }) =>
        preferSending(sdp, (mid) => this.options.plan.outgoing.get(tracks[mid] ?? '')),
      prepareAnswer: (tracks) => this.#adopt(tracks),
      settled: onSettled,
      broken: onBroken,
    });
    this.#connection.addEventListener('connectionstatechange', () => {
      onState(this.#connection.connectionState);
    });
    this.#connection.addEventListener('icecandidate', ({ candidate }) => {
      send({ ...connection, candidate: (candidate?.toJSON() as OutgoingSignal['candidate']) ?? null });
    });
    this.#connection.addEventListener('icecandidateerror', (event) => this.failures.add(event));
  }

  get state(): RTCPeerConnectionState {
    return this.#connection.connectionState;
  }

  /** Offer and answer have met at least once. */
  get begun(): boolean {
    return this.#connection.remoteDescription !== null;
  }

  receive({ description, candidate }: IncomingSignal): void {
    if (description) {
      // Answering a restart gathers candidates as well.
      if (isRestart(description, this.#connection.remoteDescription)) this.renewServers(REPAIR_AGE);
      this.#negotiation.receive(description);
    } else if (candidate !== undefined)
      this.#negotiation.addCandidate(candidate as RTCIceCandidateInit | null);
  }

  /** Makes the connection what the plan says. */
  update(): void {
    const { outgoing, incoming } = this.options.plan;
    for (const [producerId, transceiver] of this.#slots) {
      if (outgoing.has(producerId) || incoming.has(producerId)) continue;
      // The other side's section ends with its owner's next offer.
      if (!this.options.opener) continue;
      this.#slots.delete(producerId);
      transceiver.stop();
      this.#negotiation.request();
    }
    if (this.options.opener) this.#open();
    for (const producerId of this.#slots.keys()) this.#direct(producerId);
  }

  /** The media of a publication is another object, or silent. */
  async setMedia(producerId: string, media: MediaStreamTrack | null): Promise<void> {
    await this.#slots.get(producerId)?.sender.replaceTrack(media);
  }

  received(producerId: string): RTCRtpReceiver | undefined {
    return this.options.plan.incoming.has(producerId) ? this.#slots.get(producerId)?.receiver : undefined;
  }

  /** The sender of a publication, while the other side wants it. */
  sender(producerId: string): RTCRtpSender | undefined {
    const slot = this.#slots.get(producerId);
    return slot && this.options.plan.outgoing.has(producerId) && isRunning(slot) ? slot.sender : undefined;
  }

  /** What flows now. */
  streams(): Stream[] {
    const { outgoing, incoming } = this.options.plan;
    return [...this.#slots].flatMap(([producerId, { mid, currentDirection }]): Stream[] => {
      if (mid === null) return [];
      if (currentDirection === 'sendonly' && outgoing.has(producerId))
        return [{ producerId, mid, direction: 'send' }];
      return currentDirection === 'recvonly' && incoming.has(producerId)
        ? [{ producerId, mid, direction: 'recv' }]
        : [];
    });
  }

  limit(producerId: string, maxBitrate: number): void {
    this.#negotiation.run(async () => {
      const [sender, publication] = [this.sender(producerId), this.options.plan.outgoing.get(producerId)];
      if (!sender || !publication) return;
      await limitSender(sender, publication, maxBitrate).catch((error: unknown) => {
        this.options.logger.debug('a limit was not taken', error);
      });
    });
  }

  /** RFC 8445 §9; `relayOnly` leaves every path but those through TURN out. */
  restart({ relayOnly = false } = {}): void {
    this.renewServers(REPAIR_AGE);
    this.#negotiation.run(() => {
      if (relayOnly) this.#configure({ iceTransportPolicy: 'relay' });
      this.failures.clear();
      this.#connection.restartIce();
      this.#negotiation.request({ restart: true });
      return Promise.resolve();
    });
  }

  /** Candidates that are gathered from here on come with credentials that are no older than `age` milliseconds. */
  renewServers(age: number): void {
    const { iceServers } = this.options;
    const renewed = iceServers.renew(age);
    if (!renewed && iceServers.known === this.#servers) return;
    this.#negotiation.run(async () => {
      await renewed;
      this.#servers = iceServers.known;
      this.#configure({ iceServers: [...this.#servers] });
    });
  }

  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  close(): void {
    this.#negotiation.close();
    this.#connection.close();
  }

  #configure(change: RTCConfiguration): void {
    this.#connection.setConfiguration({ ...this.#connection.getConfiguration(), ...change });
  }

  /** A section for whatever has none yet. */
  #open(): void {
    const { outgoing, incoming } = this.options.plan;
    for (const [producerId, publication] of outgoing) {
      if (this.#slots.has(producerId)) continue;
      const { kind, muted, mediaStreamTrack } = publication;
      const slot = this.#connection.addTransceiver(muted ? kind : mediaStreamTrack, {
        direction: 'sendonly',
        streams: [this.#streamFor(publication)],
      });
      this.#slots.set(producerId, slot);
      this.#negotiation.request();
    }
    for (const [producerId, { kind }] of incoming) {
      if (this.#slots.has(producerId)) continue;
      this.#slots.set(producerId, this.#connection.addTransceiver(kind, { direction: 'recvonly' }));
      this.#negotiation.request();
    }
  }

  #direct(producerId: string): void {
    const slot = this.#slots.get(producerId);
    const direction = this.#directionOf(producerId);
    if (!slot || isStopped(slot) || slot.direction === direction) return;
    slot.direction = direction;
    // Asked for before it was here to be sent.
    if (direction === 'sendonly') this.#negotiation.run(() => this.#feed(producerId, slot));
    this.#negotiation.request();
  }

  #directionOf(producerId: string): RTCRtpTransceiverDirection {
    const { outgoing, incoming } = this.options.plan;
    if (outgoing.has(producerId)) return 'sendonly';
    return incoming.get(producerId)?.receiving ? 'recvonly' : 'inactive';
  }

  /** An offer has come. The opener's says what each of its sections is for; what has no purpose stays shut. */
  async #adopt(tracks: Tracks = {}): Promise<void> {
    const { opener } = this.options;
    const transceivers = this.#connection.getTransceivers().filter((each) => !isStopped(each));
    if (!opener) {
      this.#slots.clear();
      for (const transceiver of transceivers) {
        const producerId = transceiver.mid === null ? undefined : tracks[transceiver.mid];
        if (producerId !== undefined && this.#fits(producerId, transceiver))
          this.#slots.set(producerId, transceiver);
      }
    }
    const used = new Set(this.#slots.values());
    for (const transceiver of transceivers) if (!used.has(transceiver)) transceiver.direction = 'inactive';
    for (const [producerId, slot] of this.#slots) slot.direction = this.#directionOf(producerId);
    if (opener) return;
    for (const [producerId, slot] of this.#slots) await this.#feed(producerId, slot);
  }

  async #feed(producerId: string, { sender }: RTCRtpTransceiver): Promise<void> {
    const publication = this.options.plan.outgoing.get(producerId);
    if (!publication) return;
    sender.setStreams(this.#streamFor(publication));
    await sender.replaceTrack(publication.muted ? null : publication.mediaStreamTrack);
  }

  #fits(producerId: string, { receiver }: RTCRtpTransceiver): boolean {
    const { outgoing, incoming } = this.options.plan;
    const known = outgoing.get(producerId) ?? incoming.get(producerId);
    return !known || known.kind === receiver.track.kind;
  }

  #tracks(): Tracks {
    const tracks: Tracks = {};
    for (const [producerId, { mid }] of this.#slots) if (mid !== null) tracks[mid] = producerId;
    return tracks;
  }

  /** Lip sync is per stream: a face with its voice, a screen with its sound. */
  #streamFor({ source }: Outgoing): MediaStream {
    const screen = source.startsWith('screen');
    let stream = this.#streams.get(screen);
    if (!stream) this.#streams.set(screen, (stream = this.options.platform.createMediaStream([])));
    return stream;
  }
}
