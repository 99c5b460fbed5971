import type { MediaKind } from '@parlor/protocol';
import type { Producer } from '../core/types.js';
import { ParlorError } from '../errors.js';
import type { Description } from './description.js';
import { parseDescription } from './parse.js';
import type { SdpSession, Slot } from './SdpSession.js';
import type { Refusal } from './SessionState.js';

/** What a negotiator needs of whoever owns the connection. */
export interface NegotiatorOwner {
  /** A transport and its session, in the place of the one before. */
  open(): Promise<SdpSession>;
  say(description: { type: 'offer' | 'answer'; sdp: string }): void;
  /** Tracks that do not come to be, as far as they are news. */
  refused(refusals: readonly Refusal[]): void;
  /** A description of the client led to nothing, or the server failed. */
  failed(error: unknown): void;
  /** The client never answered: it must go. */
  timedOut(): void;
  /** Worth a line in the log. */
  noticed(what: string): void;
  /** Calls `action` once, unless the function returned is called before. */
  after(ms: number, action: () => void): () => void;
}

/** Milliseconds. */
export const NEGOTIATION_TIMES = {
  /** How long a client may take to make the first offer before the server makes one. */
  grace: 700,
  /** Changes of a room that come together are offered together. */
  debounce: 40,
  /** How long a client whose offer crossed ours may take to answer ours instead (RFC 8829 §4.1.8.2). */
  glare: 1000,
  /** How long an offer of the server may stay without an answer. */
  answer: 15_000,
};

/** Descriptions of the client that may wait for their turn; no client sends so many. */
const MAX_WAITING = 16;

type Step = () => Promise<void>;

/**
 * Who offers when: one thing after the other, one offer of the server at a time, and no media lost where offers cross.
 * `open()` may be called again: a client that makes another RTCPeerConnection gets another transport.
 */
export class Negotiator {
  readonly #owner: NegotiatorOwner;
  readonly #wanted = new Map<string, Producer>();
  #session: SdpSession | undefined;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** The client and the server have agreed on something, or the server was to begin: it may offer. */
  #started = false;
  #restart = false;
  #slots: readonly Slot[] = [];
  /** Kinds for which the next offer makes sections. */
  #invited: readonly MediaKind[] = [];
  /** The client answers every offer with another RTCPeerConnection. */
  #remakes = false;
  #closed = false;
  /** The client's offer that crossed ours. */
  #held: Description | undefined;
  #stopGrace: (() => void) | undefined;
  #stopDebounce: (() => void) | undefined;
  #stopGlare: (() => void) | undefined;
  #stopAnswer: (() => void) | undefined;

  constructor(owner: NegotiatorOwner) {
    this.#owner = owner;
  }

  /** The client is here. If it does not offer, the server does, with sections for what it may send. */
  start(slots: readonly MediaKind[]): void {
    this.#slots = slots;
    this.#stopGrace ??= this.#owner.after(NEGOTIATION_TIMES.grace, () => {
      if (this.#started) return;
      this.#started = true;
      this.#enqueue(() => this.#offer(slots));
    });
  }

  /** The server offers at once, with sections for what the client may send. */
  begin(slots: readonly Slot[]): void {
    this.#slots = slots;
    this.#started = true;
    this.#enqueue(() => this.#offer(slots));
  }

  /** The client is asked for media that it was refused, or has had no section for. */
  invite(slots: readonly MediaKind[]): void {
    this.#slots = [...slots, ...this.#dataSlots];
    this.#invited = this.#session?.invite(slots) ?? slots;
    this.changed();
  }

  offer(sdp: string): void {
    this.#receive(() => this.#takeOffer(sdp));
  }

  answer(sdp: string): void {
    this.#receive(() => this.#takeAnswer(sdp));
  }

  want(producer: Producer): void {
    this.#wanted.set(producer.id, producer);
    this.#session?.want(producer);
    this.changed();
  }

  unwant(producerId: string): void {
    if (!this.#wanted.delete(producerId)) return;
    this.#session?.unwant(producerId);
    this.changed();
  }

  /** What goes to the client has changed. */
  changed(): void {
    if (this.#closed || !this.#started || this.#stopDebounce) return;
    this.#stopDebounce = this.#owner.after(NEGOTIATION_TIMES.debounce, () => {
      this.#stopDebounce = undefined;
      this.#enqueue(() => this.#offer([]));
    });
  }

  /** The path to the client is gone: look for another one (RFC 8445 §9). */
  restartIce(): void {
    this.#restart = true;
    this.changed();
  }

  /** The transport is gone: nothing can be negotiated until the client offers on another connection. */
  lost(): void {
    this.#stopAnswer?.();
    this.#session = undefined;
    this.#started = false;
    this.#held = undefined;
  }

  close(): void {
    this.#closed = true;
    for (const stop of [this.#stopGrace, this.#stopDebounce, this.#stopGlare, this.#stopAnswer]) stop?.();
  }

  async #takeOffer(sdp: string): Promise<void> {
    const session = (this.#session ??= await this.#open());
    const offer = parseDescription(sdp, session.limits);
    const isSame = session.isFor(offer);
    if (isSame && session.isOffering) {
      // It cannot have seen ours when it wrote this one. If it gives way it answers ours now and offers again later.
      this.#owner.noticed('offers crossed');
      this.#held = offer;
      this.#stopGlare?.();
      this.#stopGlare = this.#owner.after(NEGOTIATION_TIMES.glare, () => {
        this.#enqueue(() => this.#giveWay());
      });
      return;
    }
    if (!isSame) {
      this.#owner.noticed('another connection of the client');
      this.#stopAnswer?.();
      this.#session = await this.#open();
    }
    await this.#reply(offer);
  }

  /** The client has not answered ours: its own offer counts, and ours comes again after it. */
  async #giveWay(): Promise<void> {
    const offer = this.#held;
    this.#held = undefined;
    if (!offer) return;
    this.#stopAnswer?.();
    this.#session?.rollback();
    await this.#reply(offer);
  }

  async #reply(offer: Description): Promise<void> {
    const session = (this.#session ??= await this.#open());
    this.#stopGrace?.();
    const { sdp, refused } = await session.handleOffer(offer);
    this.#owner.say({ type: 'answer', sdp });
    this.#owner.refused(refused);
    this.#started = true;
    this.changed();
  }

  async #takeAnswer(sdp: string): Promise<void> {
    const session = this.#session;
    if (!session?.isOffering) {
      // To an offer that was taken back in the meantime.
      this.#owner.noticed('an answer to no offer');
      return;
    }
    const answer = parseDescription(sdp, session.limits);
    if (!session.isFor(answer)) {
      this.#owner.noticed('answered on another connection');
      this.#remakes = true;
      await this.#offerAnew();
      return;
    }
    const { refused } = await session.handleAnswer(answer);
    this.#stopAnswer?.();
    this.#stopGlare?.();
    this.#held = undefined;
    this.#owner.refused(refused);
    this.changed();
  }

  async #offer(slots: readonly Slot[]): Promise<void> {
    // Nothing of it is lost: what is not offered now is when this one is answered.
    if (!this.#started || this.#session?.isOffering) return;
    const session = (this.#session ??= await this.#open());
    if (this.#remakes && session.isConnected) {
      if (this.#restart || this.#invited.length > 0 || session.hasNews) await this.#offerAnew();
      return;
    }
    const iceRestart = this.#restart;
    this.#restart = false;
    const invited = this.#invited;
    this.#invited = [];
    const all = [...slots, ...invited, ...this.#dataSlots];
    const { sdp, refused } = await session.createOffer({ slots: all, iceRestart });
    this.#owner.refused(refused);
    if (sdp === undefined) return;
    this.#stopAnswer = this.#owner.after(NEGOTIATION_TIMES.answer, () => {
      this.#owner.timedOut();
    });
    this.#owner.say({ type: 'offer', sdp });
  }

  /** To a client that makes another RTCPeerConnection of every offer: one that stands for itself, on a transport of its own. */
  async #offerAnew(): Promise<void> {
    this.#stopAnswer?.();
    this.#session = await this.#open();
    this.#restart = false;
    this.#invited = [];
    await this.#offer(this.#slots);
  }

  async #open(): Promise<SdpSession> {
    const session = await this.#owner.open();
    for (const producer of this.#wanted.values()) session.want(producer);
    return session;
  }

  /** Data channels come with the first offer that there is a reason for. */
  get #dataSlots(): Slot[] {
    return this.#slots.filter((slot) => slot === 'application');
  }

  #receive(step: Step): void {
    if (this.#waiting >= MAX_WAITING) {
      this.#owner.failed(new ParlorError('RATE_LIMITED', 'too many descriptions at once'));
      return;
    }
    this.#enqueue(step);
  }

  #enqueue(step: Step): void {
    if (this.#closed) return;
    this.#waiting += 1;
    this.#queue = this.#queue.then(async () => {
      try {
        if (!this.#closed) await step();
      } catch (error) {
        if (!this.#closed) this.#owner.failed(error);
      } finally {
        this.#waiting -= 1;
      }
    });
  }
}
