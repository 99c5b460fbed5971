import { deferred } from '../../deferred.js';
import { toParlorError, type ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { MediaDriver, PublishRequest, RemoteProducer, SubscribeOptions } from '../MediaDriver.js';
import type { Carrier } from './createCarrier.js';
import type { Wanted } from './Wanted.js';

/** What a path has to carry, and whom it tells. */
export interface PathHost {
  readonly logger: Logger;
  readonly publications: ReadonlyMap<string, PublishRequest>;
  readonly wanted: ReadonlyMap<string, Wanted>;
  /** Whether whatever is announced is wanted; undefined as long as nobody has said so. */
  readonly follow: boolean | undefined;
  onMedia(path: Path, wanted: Wanted): void;
  onRefused(path: Path, wanted: Wanted, error: ParlorError): void;
  /** A publication could not be brought here. */
  onFailed(path: Path, error: ParlorError): void;
  /** More is in place than before. */
  onChange(): void;
}

/** A request for some, and what was told of them before its answer. */
interface Asking {
  /** One of them has come to this path meanwhile. */
  again: boolean;
  readonly replaced: Map<string, MediaStreamTrack>;
}

type Notification = readonly [method: string, data: Record<string, unknown>];

/** One way by which media of the room travels, and what of it is in place. `align` brings the rest. */
export class Path {
  /** Own publications that are on it. */
  readonly sent = new Set<string>();
  readonly received = new Map<string, MediaStreamTrack>();
  /** Their publishers have not brought them here yet. */
  readonly pending = new Set<string>();
  /** Not to be had here. */
  readonly refused = new Set<string>();
  /** Peers that cannot be reached by it. */
  readonly unreachable = new Set<string>();
  readonly driver: MediaDriver;
  readonly #opened = deferred<undefined>();
  #isOpen = false;
  #isDead = false;
  #isClosed = false;
  #isCatchingUp = false;
  #followed: boolean | undefined;
  readonly #carrying = new Set<string>();
  /** Under way, by producer id. */
  readonly #asking = new Map<string, Asking>();
  readonly #early: Notification[] = [];
  #missed: Notification[] = [];

  constructor(
    readonly number: number,
    private readonly carrier: Carrier,
    private readonly host: PathHost,
  ) {
    this.driver = carrier.driver;
    this.#opened.promise.catch(() => undefined);
  }

  get isOpen(): boolean {
    return this.#isOpen && !this.#isClosed;
  }

  /** Nothing comes by it any more. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** What it would do to repair itself would be in the way of its successor. */
  die(): void {
    this.#isDead = true;
    this.carrier.silence();
  }

  /** Not muted tracks whose device is closed: no transport begins with them, and nobody misses them. */
  carries({ muted, mediaStreamTrack }: PublishRequest): boolean {
    return this.driver.topology === 'p2p' || !muted || mediaStreamTrack.readyState === 'live';
  }

  async open(answer: unknown): Promise<void> {
    await this.driver.open(answer);
    if (this.#isClosed) return;
    this.#isOpen = true;
    // Before anybody asks for it.
    this.#carryAll();
    // What was said before the answer says nothing new, what came after it does.
    for (const [method, data] of this.#early.splice(0)) this.driver.handleNotification(method, data);
    this.#opened.resolve(undefined);
    this.align();
  }

  /** Takes what is announced to this path. */
  hear(method: string, data: Record<string, unknown>): void {
    if (this.#isOpen) this.driver.handleNotification(method, data);
    else this.#early.push([method, data]);
    const { producerId, peerId } = data;
    if (method === 'producerClosed') {
      this.forget(String(producerId));
      this.#missed = this.#missed.filter(([, missed]) => missed['producerId'] !== producerId);
    }
    if (method === 'peerLeft')
      this.#missed = this.#missed.filter(([, missed]) => missed['peerId'] !== peerId);
    if (method === 'producerMoved') this.#moved(String(producerId));
  }

  /** Is not concerned by what is new, unless the room comes back to this path. */
  miss(method: string, data: Record<string, unknown>): void {
    this.#missed.push([method, data]);
  }

  /** The room has come back to it. */
  catchUp(): void {
    this.#isCatchingUp = true;
    for (const [method, data] of this.#missed.splice(0)) this.hear(method, data);
    this.#isCatchingUp = false;
    this.align();
  }

  /** Something new, on this path alone as yet. */
  async publish(request: PublishRequest): Promise<string> {
    await this.#opened.promise;
    const producerId = await this.driver.publish(request);
    this.sent.add(producerId);
    return producerId;
  }

  /** Brings here whatever is published and wanted and not here yet. */
  align(): void {
    if (!this.isOpen || this.#isCatchingUp) return;
    this.#carryAll();
    const missing = [...this.host.wanted.values()].filter(
      ({ id }) =>
        !this.received.has(id) && !this.pending.has(id) && !this.refused.has(id) && !this.#asking.has(id),
    );
    this.#ask(missing);
    this.host.onChange();
  }

  /** Its media is another object now. True when it was known. */
  replaced(producerId: string, media: MediaStreamTrack): boolean {
    this.#asking.get(producerId)?.replaced.set(producerId, media);
    // What was held comes at last.
    if (!this.pending.delete(producerId) && !this.received.has(producerId)) return false;
    this.received.set(producerId, media);
    return true;
  }

  /** Not wanted any more. */
  async unsubscribe(producerIds: readonly string[]): Promise<void> {
    const here = producerIds.filter(
      (id) => this.received.has(id) || this.pending.has(id) || this.#asking.has(id),
    );
    for (const id of producerIds) this.#forgetReceived(id);
    if (here.length > 0) await this.driver.unsubscribe(here);
  }

  /** Gone for everybody. */
  forget(producerId: string): void {
    this.sent.delete(producerId);
    this.#forgetReceived(producerId);
  }

  /** @param error for who waits for it to open */
  close(error: ParlorError): void {
    this.#isClosed = true;
    this.#opened.reject(error);
    this.driver.close();
  }

  #forgetReceived(producerId: string): void {
    this.received.delete(producerId);
    this.pending.delete(producerId);
    this.refused.delete(producerId);
    this.#asking.delete(producerId);
  }

  #moved(producerId: string): void {
    const asking = this.#asking.get(producerId);
    if (asking) asking.again = true;
    this.pending.delete(producerId);
    this.refused.delete(producerId);
    this.align();
  }

  #carryAll(): void {
    for (const [producerId, request] of this.host.publications)
      if (!this.sent.has(producerId) && !this.#carrying.has(producerId) && this.carries(request))
        void this.#carry(producerId, request);
  }

  async #carry(producerId: string, request: PublishRequest): Promise<void> {
    this.#carrying.add(producerId);
    try {
      await this.driver.publish({ ...request, producerId, formerId: undefined });
      if (this.#isClosed) return;
      this.sent.add(producerId);
      await this.#catchUpWith(producerId, request);
    } catch (error) {
      const failure = toParlorError(error, 'PUBLISH_FAILED');
      this.host.logger.warn('a publication did not reach the new path', failure.code, error);
      if (!this.#isClosed && this.host.publications.has(producerId)) this.host.onFailed(this, failure);
    } finally {
      this.#carrying.delete(producerId);
    }
    this.host.onChange();
  }

  /** What was done to a publication while it was brought here. */
  async #catchUpWith(producerId: string, sent: PublishRequest): Promise<void> {
    const now = this.host.publications.get(producerId);
    if (!now) {
      this.driver.handleNotification('producerClosed', { producerId });
      this.sent.delete(producerId);
      return;
    }
    if (now.mediaStreamTrack !== sent.mediaStreamTrack)
      await this.driver.replaceTrack(producerId, now.mediaStreamTrack);
    if (now.muted !== sent.muted) await this.driver.setMuted(producerId, now.muted);
  }

  #ask(missing: readonly Wanted[]): void {
    const { follow } = this.host;
    const options = follow === this.#followed || follow === undefined ? undefined : { follow };
    this.#followed = follow;
    // From many browsers: who is slow to answer keeps nobody waiting.
    const batches = this.driver.topology === 'p2p' ? missing.map((each) => [each]) : [missing];
    if (batches.length === 0) batches.push([]);
    for (const batch of batches) if (batch.length > 0 || options) void this.#subscribe(batch, options);
  }

  async #subscribe(batch: readonly Wanted[], options: SubscribeOptions | undefined): Promise<void> {
    const asked = batch.map(({ producer, paused }): RemoteProducer => ({ ...producer, paused }));
    const request: Asking = { again: false, replaced: new Map() };
    for (const { id } of batch) this.#asking.set(id, request);
    const results = await this.driver.subscribe(asked, options).catch((error: unknown) => {
      const failure = toParlorError(error, 'SUBSCRIBE_FAILED');
      return asked.map(({ producerId }) => ({ producerId, error: failure }));
    });
    if (this.#isClosed) return;
    let unwanted: string[] = [];
    for (const result of results) {
      const id = result.producerId;
      const current = this.#asking.get(id) === request;
      if (current) this.#asking.delete(id);
      const wanted = this.host.wanted.get(id);
      const media = request.replaced.get(id);
      if ('error' in result && !media) {
        if (current && wanted) this.#refuse(wanted, { error: result.error, again: request.again });
      } else if (current && wanted) {
        const own = 'error' in result ? undefined : result.mediaStreamTrack;
        const newest = media ?? own;
        if (newest) this.#receive(wanted, newest);
      } else if (!wanted) unwanted = [...unwanted, id];
    }
    if (unwanted.length > 0) this.#quietly(this.driver.unsubscribe(unwanted));
    if (request.again) this.align();
    else this.host.onChange();
  }

  #refuse(wanted: Wanted, { error, again }: { error: ParlorError; again: boolean }): void {
    if (error.code !== 'PRODUCER_PENDING') this.refused.add(wanted.id);
    else if (!again) this.pending.add(wanted.id);
    this.host.onRefused(this, wanted, error);
  }

  #receive(wanted: Wanted, media: MediaStreamTrack): void {
    const { id, receiving, layers } = wanted;
    this.received.set(id, media);
    if (!receiving) this.#quietly(this.driver.setReceiving(id, false));
    if (layers) this.#quietly(this.driver.setPreferredLayers(id, layers));
    this.host.onMedia(this, wanted);
  }

  #quietly(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.host.logger.debug('media path', this.number, error);
    });
  }
}
