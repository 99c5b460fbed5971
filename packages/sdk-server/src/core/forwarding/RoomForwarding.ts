import type { HoldReason } from '@parlor/protocol';
import { isParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { ConsumerImpl } from '../ConsumerImpl.js';
import { consume } from '../consuming.js';
import type { PeerImpl } from '../PeerImpl.js';
import type { ProducerImpl } from '../ProducerImpl.js';
import { hear, refill, type Slot, type Sound } from './audible.js';
import { nextDominance, NOBODY_SPOKE } from './dominance.js';
import { Priorities } from './Priorities.js';
import { rankVideos, selectVideos } from './selectVideos.js';

/** How much a room forwards to each of its peers; absent: everything. */
export interface ForwardingLimits {
  /** Videos, screens aside. */
  readonly lastN?: number | undefined;
  /** Microphones: the loudest of the room. */
  readonly maxAudible?: number | undefined;
}

/** What has changed in this turn. */
interface Due {
  peers: Set<PeerImpl> | 'all';
  /** Producer ids of microphones. */
  readonly sounds: Set<string>;
}

export interface RoomForwardingOptions {
  readonly peers: ReadonlyMap<string, PeerImpl>;
  readonly producers: ReadonlyMap<string, ProducerImpl>;
  readonly limits: ForwardingLimits;
  readonly logger: Logger;
  /** Milliseconds. */
  readonly now: () => number;
}

/**
 * Holds back what is not among the last N videos or the loudest microphones. What the room has is ranked once for all its
 * peers; however much changes in one turn, each of them is looked at once, and only what has changed for it is touched.
 */
export class RoomForwarding {
  readonly #options: RoomForwardingOptions;
  readonly #priorities: Priorities;
  #dominance = NOBODY_SPOKE;
  #slots: readonly Slot[] = [];
  #ranked: readonly string[] | undefined;
  #isLimited: boolean;
  /** Undefined: nothing is to be done. */
  #due: Due | undefined;

  constructor(options: RoomForwardingOptions) {
    this.#options = options;
    this.#priorities = new Priorities(options);
    const { lastN, maxAudible } = options.limits;
    this.#isLimited = lastN !== undefined || maxAudible !== undefined;
  }

  /** Peer ids, who spoke most recently first. */
  get speakers(): readonly string[] {
    return this.#dominance.order;
  }

  /** What the media server hears, the loudest first. */
  heard(loud: readonly Sound[]): void {
    const { producers, now } = this.#options;
    const voices = loud.flatMap(({ producerId, level }) => {
      const producer = producers.get(producerId);
      return producer && counts(producer) ? [{ producerId, peerId: producer.peer.id, level }] : [];
    });
    const dominance = nextDominance(this.#dominance, voices, now());
    const isNews = dominance.order !== this.#dominance.order;
    this.#dominance = dominance;
    if (this.#isLimited) this.#place(hear(this.#slots, voices, now()));
    if (!isNews) return;
    this.#priorities.speaks(dominance.order[0]);
    this.changed();
  }

  /** A publication has come, gone, or was paused or resumed. */
  changed(): void {
    if (!this.#isLimited) return;
    this.#ranked = undefined;
    const { limits, producers } = this.#options;
    if (limits.maxAudible !== undefined) {
      const microphones = [...producers.values()].filter((each) => each.kind === 'audio' && counts(each));
      const inOrder = [
        ...microphones.filter(({ paused }) => !paused),
        ...microphones.filter(({ paused }) => paused),
      ];
      this.#place(
        refill(
          this.#slots,
          inOrder.map(({ id }) => id),
          limits.maxAudible,
        ),
      );
    }
    this.#later().peers = 'all';
  }

  /** A peer receives other producers than before, or wants others. */
  peerChanged(peer: PeerImpl): void {
    if (!this.#isLimited) return;
    const { peers } = this.#later();
    if (peers !== 'all') peers.add(peer);
  }

  /** @param pinned producer ids */
  ask(peer: PeerImpl, { lastN, pinned }: { lastN: number | undefined; pinned: readonly string[] }): void {
    const { forwarding } = peer;
    const before = forwarding.pinned;
    forwarding.lastN = lastN;
    forwarding.pinned = new Set(pinned);
    if (lastN !== undefined && !this.#isLimited) {
      this.#isLimited = true;
      this.changed();
    }
    this.peerChanged(peer);
    for (const id of new Set([...before, ...pinned])) {
      this.#apply(peer, id, 'audio');
      this.#priorities.rank(peer.consumersByProducer.get(id));
    }
  }

  /** A consumer was made, while things may have changed. */
  added(consumer: ConsumerImpl): void {
    const { peer, producer } = consumer;
    const held = this.holdReason(peer, producer);
    this.#hold(consumer, held);
    this.#priorities.rank(consumer);
    if (!held && producer.kind === 'video') peer.forwarding.chosen?.add(producer.id);
    this.peerChanged(peer);
  }

  /** The client has paused it, or resumed it: who does not look at a video leaves its place to another one. */
  wishChanged({ peer, producer, isDeclined, held }: ConsumerImpl): void {
    if (producer.kind !== 'video') return;
    // It is let through until it is looked at with the others.
    if (!isDeclined && !held) peer.forwarding.chosen?.add(producer.id);
    this.peerChanged(peer);
  }

  /** Why a peer does not get it now; undefined: it does. */
  holdReason(peer: PeerImpl, producer: ProducerImpl): HoldReason | undefined {
    if (!this.#isLimited || !counts(producer)) return undefined;
    if (producer.kind === 'audio') return this.#isAudible(peer, producer.id) ? undefined : 'notLoudest';
    return this.#limitOf(peer) === Infinity || this.#select(peer).has(producer.id) ? undefined : 'lastN';
  }

  #limitOf({ forwarding }: PeerImpl): number {
    return Math.min(forwarding.lastN ?? Infinity, this.#options.limits.lastN ?? Infinity);
  }

  #isAudible({ forwarding }: PeerImpl, producerId: string): boolean {
    const { maxAudible } = this.#options.limits;
    if (maxAudible === undefined || forwarding.pinned.has(producerId)) return true;
    return this.#slots.some((slot) => slot.producerId === producerId);
  }

  #select(peer: PeerImpl): Set<string> {
    const { pinned, awaiting } = peer.forwarding;
    this.#ranked ??= this.#rank();
    return selectVideos(this.#ranked, {
      limit: this.#limitOf(peer),
      pinned,
      isEligible: (producerId) => {
        const producer = this.#options.producers.get(producerId);
        if (!producer || producer.kind !== 'video' || !counts(producer)) return false;
        const consumer = peer.consumersByProducer.get(producerId);
        return consumer ? !consumer.isDeclined : awaiting.has(producerId);
      },
    });
  }

  #rank(): string[] {
    const videos = [...this.#options.producers.values()].filter(
      (each) => each.kind === 'video' && counts(each),
    );
    const known = videos.map(({ id, peer, paused }) => ({ id, peerId: peer.id, paused }));
    return rankVideos(known, this.#dominance.order);
  }

  #place(slots: readonly Slot[]): void {
    const before = this.#slots;
    this.#slots = slots;
    const moved = idsOf(before).filter((id) => !slots.some(({ producerId }) => producerId === id));
    const come = idsOf(slots).filter((id) => !before.some(({ producerId }) => producerId === id));
    if (moved.length + come.length === 0) return;
    const { sounds } = this.#later();
    for (const id of [...moved, ...come]) sounds.add(id);
  }

  #later(): Due {
    if (!this.#due) {
      this.#due = { peers: new Set(), sounds: new Set() };
      queueMicrotask(() => {
        this.#settle();
      });
    }
    return this.#due;
  }

  #settle(): void {
    const { peers, sounds } = this.#due ?? {};
    this.#due = undefined;
    const all = this.#options.peers;
    for (const peer of (peers === 'all' ? all.values() : peers) ?? [])
      if (!peer.closed) this.#settlePeer(peer);
    for (const id of sounds ?? []) for (const peer of all.values()) this.#apply(peer, id, 'audio');
  }

  #settlePeer(peer: PeerImpl): void {
    const { forwarding } = peer;
    if (this.#limitOf(peer) === Infinity && !forwarding.chosen) return;
    const before = forwarding.chosen ?? letThrough(peer);
    const after = this.#select(peer);
    forwarding.chosen = after;
    // Places are given up before they are taken.
    for (const id of before) if (!after.has(id)) this.#apply(peer, id, 'video');
    for (const id of after) if (!before.has(id)) this.#apply(peer, id, 'video');
    if (this.#limitOf(peer) === Infinity) forwarding.chosen = undefined;
  }

  #apply(peer: PeerImpl, producerId: string, kind: 'audio' | 'video'): void {
    const producer = this.#options.producers.get(producerId);
    if (producer?.kind !== kind || !counts(producer)) return;
    const consumer = peer.consumersByProducer.get(producerId);
    const isIn =
      kind === 'audio' ? this.#isAudible(peer, producerId) : peer.forwarding.chosen?.has(producerId);
    if (!consumer) {
      if (isIn) this.#create(peer, producerId);
      return;
    }
    const reason = kind === 'audio' ? 'notLoudest' : 'lastN';
    const { held: before } = consumer;
    this.#hold(consumer, isIn || consumer.isDeclined ? undefined : reason);
    if (before !== consumer.held) this.#tell(consumer, reason);
  }

  #hold(consumer: ConsumerImpl, held: HoldReason | undefined): void {
    consumer.hold(held).catch((error: unknown) => {
      // Gone meanwhile, with its transport or its worker: that is told elsewhere.
      this.#options.logger.debug({ err: error, consumerId: consumer.id }, 'holding back');
    });
  }

  #tell(consumer: ConsumerImpl, reason: HoldReason): void {
    const { id: consumerId, peer, producer, held } = consumer;
    const { forwarding } = peer;
    // Others than ours know one reason only why nothing comes.
    if (forwarding.isLazy || !producer.paused)
      peer.tell({
        type: held ? 'consumerPaused' : 'consumerResumed',
        consumerId,
        producerId: producer.id,
        reason,
      });
    if (!held) forwarding.wake(consumer);
    else if (forwarding.isLazy) {
      const tooMany = forwarding.rest(consumer);
      if (tooMany) this.#retire(tooMany);
    }
  }

  /** It is made anew when it is wanted more; its media section is free until then. */
  #retire(consumer: ConsumerImpl): void {
    const { peer, producer, transport, held } = consumer;
    const { receiver } = peer;
    consumer.close(held);
    if (receiver) peer.forwarding.awaiting.set(producer.id, { transport, receiver, paused: undefined });
  }

  #create(peer: PeerImpl, producerId: string): void {
    const { awaiting, creating } = peer.forwarding;
    const subscription = awaiting.get(producerId);
    if (!subscription || creating.has(producerId)) return;
    creating.add(producerId);
    consume(peer, producerId, subscription)
      .then((made) => {
        if (typeof made === 'object' && !made.closed) peer.tell({ type: 'newConsumer', consumer: made });
      })
      .catch((error: unknown) => {
        if (!isParlorError(error)) this.#options.logger.error({ err: error, producerId }, 'consume failed');
      })
      .finally(() => creating.delete(producerId));
  }
}

/** Screens and their sound do not, nor what the server has no media of. */
const counts = ({ media, appData: { source } }: ProducerImpl): boolean =>
  media !== undefined && source !== 'screen' && source !== 'screenAudio';

const idsOf = (slots: readonly Slot[]): string[] => slots.map(({ producerId }) => producerId);

const letThrough = (peer: PeerImpl): Set<string> =>
  new Set([...peer.consumers.values()].filter(({ held }) => !held).map(({ producer }) => producer.id));
