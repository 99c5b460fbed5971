import type { ProtooAnswers, ProtooNotifications } from '@parlor/protocol';
import { Emitter } from '../../emitter.js';
import { ParlorError } from '../../errors.js';
import type { Topology } from '../../types.js';
import type {
  DataMessage,
  DriverContext,
  DriverFactory,
  DriverReports,
  DriverState,
  MediaDriver,
  MediaDriverEvents,
  PublishRequest,
  RemoteProducer,
  SubscribeOptions,
  SubscribeResult,
  WantedLayers,
} from '../MediaDriver.js';
import { createCarrier, type Carrier } from './createCarrier.js';
import type { Path } from './Path.js';
import { Paths } from './Paths.js';
import { Publishing } from './Publishing.js';
import { Reception } from './Reception.js';

type Data = Record<string, unknown>;

export interface SwitcherOptions {
  /** One of them for good, or whatever the server says. */
  readonly topology: Topology | 'auto';
  /** Those that this page can do with. */
  readonly drivers: Readonly<Partial<Record<Topology, DriverFactory>>>;
}

/** What is new concerns the current path alone. */
const NEWS: ReadonlySet<string> = new Set(['peerJoined', 'newProducer', 'producerMoved']);

/**
 * Changes the way of a room's media live: the new path is up and its media flows before the former is let go
 * (make-before-break). Producer ids stay, so that participants, publications and tracks do not notice.
 */
export class Switcher extends Emitter<MediaDriverEvents> implements MediaDriver {
  readonly #paths: Paths;
  readonly #publishing: Publishing;
  readonly #reception: Reception;
  /** Made ahead: it has asked the browser what it can do when it is needed. */
  #spare: Carrier | undefined;
  #state: DriverState = 'new';

  /** @throws ParlorError `BROWSER_UNSUPPORTED` */
  constructor(
    private readonly context: DriverContext,
    private readonly options: SwitcherOptions,
  ) {
    super();
    const paths = () => this.#paths.list;
    const onChange = () => {
      this.#paths.check();
    };
    this.#publishing = new Publishing({ context, paths });
    this.#reception = new Reception({
      platform: context.platform,
      paths,
      onChange,
      onReplaced: (producerId, media) => {
        this.emit('trackReplaced', producerId, media);
      },
      onLost: (producerId) => {
        this.emit('trackLost', producerId);
      },
      onHeld: (producerId, reason) => {
        this.emit('held', producerId, reason);
      },
    });
    const [publishing, reception] = [this.#publishing, this.#reception];
    this.#paths = new Paths({
      context,
      host: {
        logger: context.logger,
        publications: publishing.all,
        wanted: reception.wanted,
        get follow() {
          return reception.follow;
        },
        onMedia: (path, wanted) => {
          reception.came(path, wanted);
        },
        onRefused: (path, wanted, error) => {
          reception.refused(path, wanted, error);
        },
        onFailed: (path, { code }) => {
          this.#paths.report(path, code);
        },
        onChange,
      },
      createCarrier: (topology) => this.#createCarrier(topology),
      follow: (path) => {
        this.#follow(path);
      },
      isOn: (path) => publishing.isOn(path) && reception.isOn(path),
      release: (path) => {
        reception.release(path);
        for (const peerId of path.unreachable) this.emit('peerReachable', peerId);
      },
      onChange: () => {
        publishing.pathsChanged();
      },
      onState: () => {
        this.#setState(this.#paths.state);
      },
      onBroken: (error) => {
        this.emit('error', error);
        this.#setState('failed');
      },
    });
    this.#spare = this.#createCarrier(options.topology === 'auto' ? 'sfu' : options.topology);
  }

  get topology(): Topology {
    return (this.#paths.current ?? this.#spare)?.driver.topology ?? 'sfu';
  }

  get state(): DriverState {
    return this.#state;
  }

  async prepare(): Promise<void> {
    await this.#spare?.driver.prepare();
  }

  joinRequest(): Record<string, unknown> {
    return { ...this.#spare?.driver.joinRequest(), topology: this.options.topology, paths: true };
  }

  async open(joinAnswer: unknown): Promise<void> {
    const answer = joinAnswer as ProtooAnswers['joinRoom'];
    if (this.#state === 'closed') throw new ParlorError('CANCELLED', 'The media path was closed meanwhile.');
    const { topology } = this.options;
    await this.#paths.join(this.#createCarrier(topology === 'auto' ? answer.topology : topology), answer);
  }

  publish(request: PublishRequest): Promise<string> {
    return this.#publishing.publish(request);
  }

  unpublish(producerId: string): Promise<void> {
    return this.#publishing.unpublish(producerId);
  }

  replaceTrack(producerId: string, mediaStreamTrack: MediaStreamTrack): Promise<void> {
    return this.#publishing.replaceTrack(producerId, mediaStreamTrack);
  }

  setMuted(producerId: string, muted: boolean): Promise<void> {
    return this.#publishing.setMuted(producerId, muted);
  }

  subscribe(
    producers: readonly RemoteProducer[],
    { follow }: SubscribeOptions = {},
  ): Promise<SubscribeResult[]> {
    this.#reception.follow = follow ?? this.#reception.follow;
    return this.#reception.subscribe(producers);
  }

  unsubscribe(producerIds: readonly string[]): Promise<void> {
    return this.#reception.unsubscribe(producerIds);
  }

  async setReceiving(producerId: string, receiving: boolean): Promise<void> {
    this.#reception.get(producerId).receiving = receiving;
    await this.#receivers(producerId, (driver) => driver.setReceiving(producerId, receiving));
  }

  async setPreferredLayers(producerId: string, layers: WantedLayers): Promise<void> {
    this.#reception.get(producerId).layers = layers;
    await this.#receivers(producerId, (driver) => driver.setPreferredLayers(producerId, layers));
  }

  sendData(message: DataMessage): boolean {
    return this.#paths.list.some(({ isOpen, driver }) => isOpen && driver.sendData(message));
  }

  /** Of each stream by the path that the app has it from. */
  async stats(): Promise<DriverReports> {
    const { list, current } = this.#paths;
    const reports = await Promise.all(list.map(async (path) => ({ path, ...(await path.driver.stats()) })));
    const tracks = reports.flatMap(({ path, tracks: all }) =>
      all.filter(({ producerId, direction }) => {
        const active = this.#reception.wanted.get(producerId)?.active;
        const [carrier] = direction === 'recv' ? [active] : this.#publishing.carriers(producerId);
        return (carrier ?? current) === path;
      }),
    );
    const carrying = reports.findLast(({ path }) => path.driver.state === 'connected') ?? reports.at(-1);
    return { tracks, transports: carrying?.transports ?? [] };
  }

  async restart(): Promise<void> {
    await Promise.all(this.#paths.list.map(({ driver, isOpen }) => (isOpen ? driver.restart() : undefined)));
  }

  handleNotification(method: string, data: Data): void {
    if (method === 'topologyChanged') this.#onTopologyChanged(data as Data & Changed);
    else if (method === 'pathSettled') this.#paths.onSettled(Number(data['path']));
    else this.#route(method, data);
  }

  close(): void {
    this.#setState('closed');
    this.removeAllListeners();
    this.#spare?.driver.close();
    this.#spare = undefined;
    this.#paths.close();
    this.#reception.close();
    this.#publishing.all.clear();
    this.#publishing.pathsChanged();
  }

  #onTopologyChanged(data: Changed): void {
    // From a server that moves those only who join anew.
    if (typeof data.path !== 'number' || data.path === this.#paths.current?.number) return;
    this.#paths.onTopologyChanged(data);
    this.emit('topologyChanged', data.topology, data.reason);
  }

  #route(method: string, data: Data): void {
    const [producerId, peerId] = [String(data['producerId']), String(data['peerId'])];
    const wanted = this.#reception.wanted.get(producerId);
    if (wanted && !data['reason'] && /^(producer|consumer)(Paused|Resumed)$/.test(method))
      wanted.paused = method.endsWith('Paused');
    const { list, current } = this.#paths;
    for (const path of list) {
      if (path === current || !NEWS.has(method)) path.hear(method, data);
      else path.miss(method, data);
    }
    if (method === 'producerClosed') {
      this.#reception.ended(producerId);
      this.#publicationLost(producerId);
    }
    if (method === 'peerLeft') this.#reception.left(peerId);
    this.#paths.check();
  }

  #createCarrier(topology: Topology): Carrier {
    const spare = this.#spare;
    if (spare?.driver.topology === topology) {
      this.#spare = undefined;
      return spare;
    }
    const create = this.options.drivers[topology];
    if (create) return createCarrier(create, this.context);
    throw new ParlorError(
      'TOPOLOGY_MISMATCH',
      `The room has changed to ${topology}: new Room({ topology: 'auto' }).`,
    );
  }

  /** Brings on what the driver of a path tells, as long as the path is one. */
  #follow(path: Path): void {
    const { driver } = path;
    const isLive = () => this.#paths.list.includes(path);
    const isCurrent = () => path === this.#paths.current;
    driver
      .on('stateChanged', () => {
        if (isLive()) this.#paths.onDriverState(path);
      })
      .on('trackReplaced', (producerId, media) => {
        if (isLive()) this.#reception.replaced(path, producerId, media);
      })
      .on('held', (producerId, reason) => {
        if (isLive()) this.#reception.held(path, producerId, reason);
      })
      .on('trackLost', (producerId) => {
        if (isLive()) this.#reception.lost(path, producerId);
      })
      .on('publicationLost', (producerId) => {
        if (isLive()) this.#publicationLost(producerId);
      })
      .on('score', (producerId, score, own) => {
        const [carrier] = own
          ? this.#publishing.carriers(producerId)
          : [this.#reception.wanted.get(producerId)?.active];
        if (carrier === path) this.emit('score', producerId, score, own);
      })
      .on('speakers', (speakers) => {
        if (isCurrent()) this.emit('speakers', speakers);
      })
      .on('data', (...message) => {
        if (isLive()) this.emit('data', ...message);
      })
      .on('repair', (...repair) => {
        if (isCurrent()) this.emit('repair', ...repair);
      })
      .on('error', (error) => {
        if (isCurrent()) this.emit('error', error);
      });
    this.#followPeers(path, isCurrent);
  }

  #followPeers(path: Path, isCurrent: () => boolean): void {
    path.driver
      .on('peerSlow', (peerId) => {
        this.#paths.report(path, 'PEER_UNREACHABLE', peerId);
      })
      .on('peerUnreachable', (peerId, error) => {
        this.#paths.report(path, error.code, peerId);
        if (!isCurrent()) return;
        path.unreachable.add(peerId);
        this.emit('peerUnreachable', peerId, error);
      })
      .on('peerReachable', (peerId) => {
        if (path.unreachable.delete(peerId)) this.emit('peerReachable', peerId);
      });
  }

  #publicationLost(producerId: string): void {
    if (this.#publishing.all.delete(producerId)) this.emit('publicationLost', producerId);
  }

  async #receivers(producerId: string, work: (driver: MediaDriver) => Promise<void>): Promise<void> {
    const paths = this.#paths.list.filter(({ received }) => received.has(producerId));
    await Promise.all(paths.map(({ driver }) => work(driver)));
  }

  #setState(state: DriverState): void {
    if (state === this.#state || this.#state === 'closed') return;
    this.#state = state;
    this.emit('stateChanged', state);
  }
}

type Changed = ProtooNotifications['topologyChanged'];
