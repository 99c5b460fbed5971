import type { Platform } from '../../platform.js';
import type { MediaRepairReason, MediaRepairStep } from '../../types.js';

/** Milliseconds of `disconnected` before it is repaired: Wi-Fi often comes back by itself, browsers wait 15 s. */
export const DISCONNECTED_LIMIT = 2000;
/** Milliseconds for an attempt to connect. */
export const ATTEMPT_LIMIT = 5000;
/** Milliseconds between attempts once a pair counts as unreachable. */
export const RETRY_INTERVAL = 10_000;
/** Milliseconds before a connection that broke by itself is made anew. */
export const RENEW_DELAY = 1000;
/** Milliseconds by which the side that does not open lets the other go first. */
export const POLITENESS = 1500;

export interface LinkRepairOptions {
  readonly platform: Pick<Platform, 'timer'>;
  readonly opener: boolean;
  /** Whether there is a TURN server to go through. */
  readonly hasRelay: () => boolean;
  readonly restart: (options: { relayOnly: boolean }) => void;
  /** A new connection from nothing, or (where the other opens) asking for one. */
  readonly renew: () => void;
  /** Not connected by the first attempt: others may know a better way. */
  readonly slow: () => void;
  readonly unreachable: () => void;
  readonly reachable: () => void;
  /** What is done for a pair that was connected, and why. */
  readonly told: (step: MediaRepairStep, reason: MediaRepairReason) => void;
}

/**
 * Brings one pair together again: ICE restart, then through TURN alone, then from nothing every now and then. A pair
 * that never was connected skips the first.
 */
export class LinkRepair {
  #stopTimer: (() => void) | undefined;
  /** Attempts under way or failed since the pair was last connected. */
  #attempts = 0;
  #wasConnected = false;
  #unreachable = false;
  /** Nothing comes through, and the other side is let go first. */
  #isSuspected = false;
  /** Why a pair that was connected is being repaired. */
  #reason: MediaRepairReason | undefined;

  constructor(private readonly options: LinkRepairOptions) {}

  onState(state: RTCPeerConnectionState): void {
    switch (state) {
      case 'connected':
        this.#connected();
        break;
      case 'connecting':
        if (!this.#stopTimer) this.#in(ATTEMPT_LIMIT, () => this.#next());
        break;
      case 'disconnected':
        if (!this.#stopTimer) this.#in(DISCONNECTED_LIMIT, () => this.#next(state));
        break;
      case 'failed':
        this.#in(0, () => this.#next(state));
        break;
      case 'new':
      case 'closed':
    }
  }

  /** Offer and answer have met. Without a single candidate browsers never get as far as `connecting`. */
  settled(): void {
    if (!this.#wasConnected) this.onState('connecting');
  }

  /** Connected, and nothing comes through. */
  stalled(): void {
    if (this.#stopTimer) return;
    this.#in(0, () => {
      this.#next('stalled');
    });
    this.#isSuspected = true;
  }

  /** What comes shows that the pair is connected, whether or not the browser has ever doubted it. */
  moves(): void {
    if (this.#reason === 'stalled' || this.#isSuspected) this.#connected();
  }

  /** The two sides do not understand each other: only a new connection helps. */
  broken(): void {
    this.#in(RENEW_DELAY, this.options.renew);
  }

  /** The network is back: nobody waits any longer. */
  hurry(): void {
    if (this.#unreachable) this.options.renew();
  }

  /** A new connection begins. */
  renewed(): void {
    this.close();
    this.#attempts = 0;
    this.#wasConnected = false;
  }

  close(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#isSuspected = false;
  }

  #connected(): void {
    this.close();
    this.#attempts = 0;
    this.#wasConnected = true;
    if (this.#unreachable) this.options.reachable();
    this.#unreachable = false;
    const reason = this.#reason;
    this.#reason = undefined;
    if (reason) this.options.told('recovered', reason);
  }

  #next(reason?: MediaRepairReason): void {
    if (this.#wasConnected) this.#reason ??= reason;
    const attempt = (this.#attempts += 1);
    const { hasRelay, restart, renew, slow, unreachable } = this.options;
    if (!this.#wasConnected && attempt === 1) slow();
    const plain = this.#wasConnected && attempt === 1;
    const relayOnly = !plain && hasRelay() && attempt <= (this.#wasConnected ? 2 : 1);
    if (plain || relayOnly) {
      this.#tell(relayOnly ? 'relayOnly' : 'iceRestart');
      restart({ relayOnly });
      this.#in(ATTEMPT_LIMIT, () => this.#next());
      return;
    }
    if (!this.#unreachable) unreachable();
    this.#unreachable = true;
    this.#in(RETRY_INTERVAL, () => {
      this.#tell('newTransport');
      renew();
    });
  }

  #tell(step: MediaRepairStep): void {
    if (this.#reason) this.options.told(step, this.#reason);
  }

  #in(milliseconds: number, act: () => void): void {
    this.close();
    const { platform, opener } = this.options;
    this.#stopTimer = platform.timer(
      () => {
        this.close();
        act();
      },
      opener ? milliseconds : milliseconds + POLITENESS,
    );
  }
}
