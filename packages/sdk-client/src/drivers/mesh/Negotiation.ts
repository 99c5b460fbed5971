import type { PeerConnectionLike } from '../../platform.js';
import { SerialQueue } from '../../SerialQueue.js';
import { acceptStereo } from './sendingPreferences.js';
import type { Description, Tracks } from './wire.js';

export interface NegotiationOptions {
  /** Opens the connection with the first offer, and wins when two offers meet. */
  readonly opener: boolean;
  readonly send: (description: Description) => void;
  /** Media sections of an offer of ours, read once it is set. */
  readonly tracks: () => Tracks;
  /** The other side's SDP as this side wants to apply it. */
  readonly preferSending: (description: Description) => string;
  /** An offer has been applied: what is answered is decided now. */
  readonly prepareAnswer: (tracks: Tracks | undefined) => Promise<void>;
  /** Offer and answer have met. */
  readonly settled: () => void;
  /** The two sides do not understand each other any more. */
  readonly broken: (error: unknown) => void;
}

/**
 * Perfect negotiation (W3C WebRTC §10.7) of one connection. All steps run one after another, so an offer meets
 * another one only on the wire. The first offer is always the opener's: two pages that see each other at the same
 * moment do not collide.
 */
export class Negotiation {
  readonly #queue = new SerialQueue();
  /** Candidates that came before the description they belong to. */
  readonly #early: (RTCIceCandidateInit | null)[] = [];
  #wanted = false;
  /** For what an answer cannot say: new ICE credentials. */
  #needed = false;
  #closed = false;
  #ignored = false;

  constructor(
    private readonly connection: PeerConnectionLike,
    private readonly options: NegotiationOptions,
  ) {}

  /** Something has changed that the other side has to agree to. Changes of one turn go out together. */
  request({ restart = false } = {}): void {
    this.#needed ||= restart;
    if (this.#wanted) return;
    this.#wanted = true;
    this.#run(() => this.#offer());
  }

  receive(description: Description): void {
    this.#run(() =>
      description.type === 'offer' ? this.#onOffer(description) : this.#onAnswer(description),
    );
  }

  addCandidate(candidate: RTCIceCandidateInit | null): void {
    this.#run(async () => {
      if (this.connection.remoteDescription) await this.#apply(candidate);
      else this.#early.push(candidate);
    });
  }

  /** After everything that is under way. */
  run(task: () => Promise<void>): void {
    this.#run(task);
  }

  close(): void {
    this.#closed = true;
  }

  async #offer(): Promise<void> {
    const { connection, options } = this;
    const begun = connection.remoteDescription !== null;
    if (!this.#wanted || connection.signalingState !== 'stable' || !(options.opener || begun)) return;
    this.#wanted = false;
    this.#needed = false;
    await this.#setLocal(await connection.createOffer());
    await this.#sendLocal(options.tracks());
  }

  async #onOffer(description: Description): Promise<void> {
    const { connection, options } = this;
    const collision = connection.signalingState !== 'stable';
    this.#ignored = collision && options.opener;
    if (this.#ignored) return;
    // Ours is rolled back by theirs, and goes out again afterwards.
    if (collision) this.#wanted = true;
    await connection.setRemoteDescription({ type: 'offer', sdp: options.preferSending(description) });
    await options.prepareAnswer(description.tracks);
    // Who makes no sections has said with an answer all that an offer could.
    if (!options.opener) this.#wanted = this.#needed;
    await this.#setLocal(await connection.createAnswer());
    await this.#sendLocal(undefined);
    await this.#addEarly();
    options.settled();
    await this.#offer();
  }

  async #onAnswer(description: Description): Promise<void> {
    const { connection, options } = this;
    // Of an offer that was rolled back: a newer one is on its way.
    if (description.type !== 'answer' || connection.signalingState !== 'have-local-offer') return;
    await connection.setRemoteDescription({ type: 'answer', sdp: options.preferSending(description) });
    await this.#addEarly();
    options.settled();
    await this.#offer();
  }

  /** As the browser has made it, but for stereo. */
  async #setLocal({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    const stereo = acceptStereo(sdp);
    await (stereo === sdp
      ? this.connection.setLocalDescription()
      : this.connection.setLocalDescription({ type, sdp: stereo }));
  }

  async #sendLocal(tracks: Tracks | undefined): Promise<void> {
    const description = this.connection.localDescription;
    if (!description || this.#closed) return;
    const { type, sdp } = description;
    this.options.send({ type: type === 'offer' ? type : 'answer', sdp, ...(tracks && { tracks }) });
  }

  async #addEarly(): Promise<void> {
    for (const candidate of this.#early.splice(0)) await this.#apply(candidate);
  }

  async #apply(candidate: RTCIceCandidateInit | null): Promise<void> {
    try {
      await this.connection.addIceCandidate(candidate);
    } catch (error) {
      // Candidates of an offer that was not taken fit nothing.
      if (!this.#ignored) throw error;
    }
  }

  #run(step: () => Promise<void>): void {
    void this.#queue.run(async () => {
      if (this.#closed) return;
      try {
        await step();
      } catch (error) {
        if (!this.#closed) this.options.broken(error);
      }
    });
  }
}
