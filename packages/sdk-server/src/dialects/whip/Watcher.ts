import type { MediaKind, RtpCapabilities } from '@parlor/protocol';
import type { Consumer, Peer, Producer, Transport } from '../../core/types.js';
import { awaitVideo } from '../../sdp/awaitVideo.js';
import type { Timer } from '../timer.js';

/** A media section of the viewer's offer, and what it shows. */
export interface Screen {
  readonly kind: MediaKind;
  readonly mid: string;
  consumer?: Consumer | undefined;
}

export interface WatcherOptions {
  readonly peer: Peer;
  readonly transport: Transport;
  readonly screens: readonly Screen[];
  readonly rtpCapabilities: RtpCapabilities;
  /** Show this peer and nobody else. */
  readonly only: string | undefined;
  readonly timer: Timer;
  readonly failed: (error: unknown) => void;
}

/**
 * Decides what a WHEP viewer is shown: one participant's audio and video. Where none was asked for, the first who
 * publishes video, until that one ends it; then whoever is next takes the same place. Nothing is negotiated for that:
 * the answer names no SSRC, so clients take whatever comes under the payload types agreed on.
 */
export class Watcher {
  readonly #options: WatcherOptions;
  /** Producers in codecs that the viewer does not have. */
  readonly #unfit = new Set<string>();
  #shown: Peer | undefined;
  #choosing: Promise<void> = Promise.resolve();

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** Somebody came, went, began or ended. Resolves when the viewer gets what it should. */
  refresh(): Promise<void> {
    this.#choosing = this.#choosing.then(() => this.#choose()).catch(this.#options.failed);
    return this.#choosing;
  }

  async #choose(): Promise<void> {
    const { peer, transport, screens } = this.#options;
    for (;;) {
      if (peer.closed || transport.closed) return;
      const target = this.#target();
      this.#shown = target;
      const known = this.#unfit.size;
      for (const screen of screens) await this.#show(screen, this.#producersOf(target, screen.kind)[0]);
      if (this.#unfit.size === known) return;
    }
  }

  async #show(screen: Screen, producer: Producer | undefined): Promise<void> {
    const { peer, transport, rtpCapabilities, timer } = this.#options;
    const { consumer } = screen;
    if (consumer && !consumer.closed && consumer.producer === producer) return;
    consumer?.close();
    screen.consumer = undefined;
    if (!producer || peer.closed) return;
    const [result] = await peer.subscribe([producer.id], {
      transportId: transport.id,
      mid: screen.mid,
      rtpCapabilities,
      paused: false,
    });
    if (result && 'consumer' in result) {
      screen.consumer = result.consumer;
      awaitVideo(result.consumer, timer);
    } else if (result?.error.code === 'CANNOT_CONSUME') this.#unfit.add(producer.id);
    // It ended meanwhile otherwise, and that is heard of as well.
  }

  #target(): Peer | undefined {
    const { peer, only } = this.#options;
    if (only !== undefined) return peer.room.peers.get(only);
    for (const kind of ['video', 'audio'] satisfies MediaKind[]) {
      if (!this.#options.screens.some((screen) => screen.kind === kind)) continue;
      if (this.#producersOf(this.#shown, kind).length > 0) return this.#shown;
      for (const { peer: publisher } of peer.room.producers.values())
        if (this.#producersOf(publisher, kind).length > 0) return publisher;
    }
    return undefined;
  }

  /** What a peer publishes that can be shown, in the order in which it was published. */
  #producersOf(publisher: Peer | undefined, kind: MediaKind): Producer[] {
    if (!publisher || publisher === this.#options.peer || publisher.closed) return [];
    return [...publisher.producers.values()].filter(
      ({ id, kind: its, closed, pending }) => its === kind && !closed && !pending && !this.#unfit.has(id),
    );
  }
}
