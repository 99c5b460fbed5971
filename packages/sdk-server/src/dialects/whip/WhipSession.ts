import type { IceParameters } from '@parlor/protocol';
import type { Peer, Transport } from '../../core/types.js';
import { ParlorError } from '../../errors.js';
import type { Timer } from '../timer.js';
import { readFragment, writeFragment, type BundleTag } from './fragment.js';

/** What offer and answer have led to. */
export interface Negotiated {
  readonly transport: Transport;
  readonly answer: string;
  /** Of the client's ICE agent, as it offered. */
  readonly ufrag: string;
  readonly tag: BundleTag;
}

export interface WhipSessionOptions {
  readonly peer: Peer;
  readonly negotiated: Negotiated;
  readonly newTag: () => string;
  readonly timer: Timer;
  /** How long the client may be without a connection, at first and later, ms. */
  readonly connectTimeoutMs: number;
}

/**
 * The HTTP resource of one publisher or viewer. It ends with its peer, which leaves when the client deletes it, when its
 * transport ends, and when ICE and DTLS are not connected for too long.
 */
export class WhipSession {
  readonly #options: WhipSessionOptions;
  #ufrag: string;
  #etag: string;
  #stopTimer: (() => void) | undefined;
  #restarting: Promise<unknown> = Promise.resolve();

  constructor(options: WhipSessionOptions) {
    this.#options = options;
    const { peer, negotiated, newTag } = options;
    this.#ufrag = negotiated.ufrag;
    this.#etag = newTag();
    const { transport } = negotiated;
    transport.on('stateChanged', () => {
      this.#watch();
    });
    transport.on('closed', () => {
      this.end('disconnected');
    });
    peer.on('closed', () => {
      this.#stopTimer?.();
    });
    this.#watch();
  }

  /** Of the present ICE session (RFC 9725 §4.3.1). */
  get etag(): string {
    return this.#etag;
  }

  /**
   * Takes what a PATCH says; the answer to it if it restarts ICE. `check` compares the client's idea of the ICE session
   * with the present one, and throws.
   *
   * @throws SDP_INVALID, NOT_FOUND and what `check` throws
   */
  patch(text: string, check: (etag: string) => void): Promise<{ body: string; etag: string } | undefined> {
    const { ufrag } = readFragment(text);
    // Requests may overlap (RFC 9725 §4.3.1): each is judged by what the one before has left.
    const patching = this.#restarting.then(async () => {
      check(this.#etag);
      if (ufrag === undefined || ufrag === this.#ufrag) return undefined;
      return { body: await this.#restart(ufrag), etag: this.#etag };
    });
    this.#restarting = patching.catch(() => undefined);
    return patching;
  }

  end(reason: 'left' | 'disconnected'): void {
    this.#stopTimer?.();
    this.#options.peer.leave(reason);
  }

  async #restart(ufrag: string): Promise<string> {
    const { negotiated, newTag } = this.#options;
    const { transport, tag } = negotiated;
    if (transport.closed) throw new ParlorError('NOT_FOUND', 'the session has ended');
    const parameters: IceParameters = await transport.restartIce();
    this.#ufrag = ufrag;
    this.#etag = newTag();
    return writeFragment(tag, { parameters, candidates: transport.info.iceCandidates });
  }

  #watch(): void {
    const { negotiated, timer, connectTimeoutMs } = this.#options;
    const { state } = negotiated.transport;
    if (state === 'connected') {
      this.#stopTimer?.();
      this.#stopTimer = undefined;
    } else if (state === 'failed' || state === 'closed') this.end('disconnected');
    else {
      this.#stopTimer ??= timer.after(connectTimeoutMs, () => {
        this.end('disconnected');
      });
    }
  }
}
