import { ParlorError } from '../../errors.js';
import type { Platform } from '../../platform.js';
import type { HoldReason } from '../../types.js';
import { isGone } from '../isGone.js';
import type { RemoteProducer, SubscribeResult } from '../MediaDriver.js';
import { FlowWatch } from './FlowWatch.js';
import type { Path } from './Path.js';
import { Wanted } from './Wanted.js';

export interface ReceptionOptions {
  readonly platform: Pick<Platform, 'timer'>;
  /** The newest last: it is the one that all go to. */
  readonly paths: () => readonly Path[];
  readonly onReplaced: (producerId: string, media: MediaStreamTrack) => void;
  readonly onLost: (producerId: string) => void;
  readonly onHeld: (producerId: string, reason: HoldReason | undefined) => void;
  readonly onChange: () => void;
}

const pendingError = () =>
  new ParlorError('PRODUCER_PENDING', 'Its publisher has not brought this track to the server yet.');

/** What this page receives, and of which path the app has the media of each. */
export class Reception {
  readonly wanted = new Map<string, Wanted>();
  follow: boolean | undefined;
  readonly #watch: FlowWatch;

  constructor(private readonly options: ReceptionOptions) {
    this.#watch = new FlowWatch({
      platform: options.platform,
      waiting: () => this.#waiting(),
      onFlow: (wanted, to) => {
        this.#activate(wanted, to);
      },
    });
  }

  subscribe(producers: readonly RemoteProducer[]): Promise<SubscribeResult[]> {
    const answers = producers.map((producer) => this.#want(producer));
    this.#current?.align();
    return Promise.all(answers);
  }

  async unsubscribe(producerIds: readonly string[]): Promise<void> {
    for (const id of producerIds)
      this.#end(id, new ParlorError('CANCELLED', 'The subscription was given up.'));
    await Promise.all(this.options.paths().map((path) => path.unsubscribe(producerIds)));
  }

  /** @throws ParlorError `CONSUMER_NOT_FOUND` */
  get(producerId: string): Wanted {
    const wanted = this.wanted.get(producerId);
    if (wanted) return wanted;
    throw new ParlorError('CONSUMER_NOT_FOUND', 'This track is not being received.');
  }

  /** A path has media of it. */
  came(path: Path, wanted: Wanted): void {
    const { active } = wanted;
    if (!active || active === path) this.#activate(wanted, path);
    else if (path !== this.#current) return;
    else if (wanted.isSilent || active.isDead) this.#activate(wanted, path);
    else this.#watch.wake();
  }

  refused(path: Path, wanted: Wanted, error: ParlorError): void {
    if (path === this.#current && !wanted.isAnswered && !isGone(error))
      wanted.settle({ producerId: wanted.id, error });
  }

  /** A path has other media of it than before. */
  replaced(path: Path, producerId: string, media: MediaStreamTrack): void {
    if (!path.replaced(producerId, media)) return;
    const wanted = this.wanted.get(producerId);
    if (wanted?.active === path) this.options.onReplaced(producerId, media);
    else if (wanted) this.came(path, wanted);
  }

  /** The room does not forward it by that path now, or (undefined) again. */
  held(path: Path, producerId: string, reason: HoldReason | undefined): void {
    const wanted = this.wanted.get(producerId);
    if (!wanted || path !== this.#current) return;
    wanted.heldBy = reason && path;
    this.options.onHeld(producerId, reason);
    this.options.onChange();
  }

  /** A path does not bring it any more. */
  lost(path: Path, producerId: string): void {
    if (!path.received.delete(producerId)) return;
    path.refused.add(producerId);
    const wanted = this.wanted.get(producerId);
    if (wanted?.active === path) this.#without(wanted);
  }

  /** Whether a path is gone, or about to go: the app gets what others bring. */
  release(path: Path): void {
    for (const wanted of this.wanted.values()) if (wanted.active === path) this.#without(wanted);
  }

  /** The producer is gone. */
  ended(producerId: string): void {
    this.#end(producerId, new ParlorError('PRODUCER_NOT_FOUND', 'The track ended meanwhile.'));
  }

  left(peerId: string): void {
    for (const { producer } of [...this.wanted.values()])
      if (producer.peerId === peerId) this.ended(producer.producerId);
  }

  /** Whether the app has everything by this path that it can have. */
  isOn(path: Path): boolean {
    return [...this.wanted.values()].every(
      ({ id, active, paused, heldBy }) =>
        active === path || path.refused.has(id) || heldBy === path || (paused && path.pending.has(id)),
    );
  }

  close(): void {
    this.#watch.close();
    for (const id of [...this.wanted.keys()])
      this.#end(id, new ParlorError('NOT_CONNECTED', 'There is no media path now.'));
  }

  get #current(): Path | undefined {
    return this.options.paths().at(-1);
  }

  #want(producer: RemoteProducer): Promise<SubscribeResult> | SubscribeResult {
    const { producerId } = producer;
    const known = this.wanted.get(producerId);
    const mediaStreamTrack = known?.active?.received.get(producerId);
    if (mediaStreamTrack) return { producerId, mediaStreamTrack };
    if (known && !known.isAnswered) return known.answer;
    const wanted = new Wanted(producer);
    this.wanted.set(producerId, wanted);
    for (const path of this.options.paths()) path.refused.delete(producerId);
    if (this.#current?.pending.has(producerId)) wanted.settle({ producerId, error: pendingError() });
    return wanted.answer;
  }

  #activate(wanted: Wanted, path: Path): void {
    const { id: producerId, isAnswered } = wanted;
    const mediaStreamTrack = path.received.get(producerId);
    if (!mediaStreamTrack) return;
    wanted.active = path;
    if (wanted.heldBy && wanted.heldBy !== path) {
      wanted.heldBy = undefined;
      this.options.onHeld(producerId, undefined);
    }
    if (isAnswered) this.options.onReplaced(producerId, mediaStreamTrack);
    else wanted.settle({ producerId, mediaStreamTrack });
    this.options.onChange();
  }

  /** The app keeps what it has until there is other media. */
  #without(wanted: Wanted): void {
    const before = wanted.active;
    wanted.active = undefined;
    const other = this.options.paths().findLast((path) => path !== before && path.received.has(wanted.id));
    if (other) this.#activate(wanted, other);
    else if (this.#current?.refused.has(wanted.id)) this.options.onLost(wanted.id);
  }

  #end(producerId: string, error: ParlorError): void {
    const wanted = this.wanted.get(producerId);
    this.wanted.delete(producerId);
    if (wanted && !wanted.isAnswered) wanted.settle({ producerId, error });
  }

  #waiting(): { wanted: Wanted; from: Path; to: Path }[] {
    const to = this.#current;
    if (!to) return [];
    return [...this.wanted.values()].flatMap((wanted) =>
      wanted.active && wanted.active !== to && to.received.has(wanted.id)
        ? [{ wanted, from: wanted.active, to }]
        : [],
    );
  }
}
