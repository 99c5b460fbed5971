import type { ParlorError } from '../../../errors.js';
import { ScoreFilter } from '../../../stats/ScoreFilter.js';
import type { MediaRepair } from '../../../types.js';
import type { DriverContext } from '../../MediaDriver.js';
import { isRelay } from '../../relay.js';
import { CLOSE_INTERVAL } from '../../stall.js';
import type { SfuPath } from '../SfuDriver.js';
import type { SfuTransport } from '../SfuTransport.js';
import { limitLayers, rests } from './limitLayers.js';
import { onNetworkChange } from './networkChange.js';
import { Renewal } from './Renewal.js';
import { Side } from './Side.js';
import { StreamRepair } from './StreamRepair.js';
import { isAtRest } from './streams.js';

/** Milliseconds between two looks: one report of the browser for each transport. */
export const LOOK_INTERVAL = 1000;

export interface KeeperOptions {
  readonly context: DriverContext;
  readonly path: SfuPath;
  readonly onScore: (producerId: string, score: number, own: boolean) => void;
  readonly onRepair: (repair: MediaRepair) => void;
  readonly onTrackLost: (producerId: string) => void;
  /** Whether media moves may have changed. */
  readonly onState: () => void;
  /** Nothing has helped. */
  readonly onFailed: (error: ParlorError) => void;
}

/** Looks after both directions of a path: sees whether media moves, says how well, and repairs what does not. */
export class Keeper {
  readonly #sides: readonly [Side, Side];
  readonly #scores: ScoreFilter;
  /** The server's last words. */
  readonly #told = new Map<string, number>();
  readonly #renewal: Renewal;
  readonly #streams: StreamRepair;
  readonly #stops: readonly (() => void)[];
  #stopTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(private readonly options: KeeperOptions) {
    const { context, path } = options;
    this.#scores = new ScoreFilter(options.onScore);
    this.#renewal = new Renewal({
      ...options,
      onRenewed: (producerId) => this.#told.delete(producerId),
    });
    this.#streams = new StreamRepair(options);
    path.send.keep();
    path.recv.keep();
    this.#sides = [this.#side('send'), this.#side('recv')];
    const changed = () => {
      for (const side of this.#sides) side.networkChanged();
      this.wake();
    };
    this.#stops = [
      context.platform.page.on('online', changed),
      (context.platform.onNetworkChange ?? onNetworkChange)(changed),
    ];
    void this.#look();
  }

  get isRepairing(): boolean {
    return this.#sides.some(({ ladder }) => ladder.isSerious);
  }

  get isProven(): boolean {
    return this.#sides.every((side) => side.isProven || side.transport.state === 'new');
  }

  /** There may be something to look at. Rests by itself. */
  wake(): void {
    if (this.#isClosed || this.#stopTimer) return;
    const active = this.#sides.filter(({ isActive }) => isActive);
    if (active.length === 0) return;
    const interval = active.some(({ isDoubtful }) => isDoubtful) ? CLOSE_INTERVAL : LOOK_INTERVAL;
    this.#stopTimer = this.options.context.platform.timer(() => void this.#look(), interval);
  }

  /** The server has given a publication, or what is received of one, another score. */
  score(producerId: string, score: number, own: boolean): void {
    const { sender, receiver } = this.options.path;
    const received = receiver.received.get(producerId);
    // Nothing has to come of what rests, and what is said of its rest holds no longer when it goes on.
    if (own ? rests(sender, producerId) : received && isAtRest(received)) {
      this.#told.delete(producerId);
      return;
    }
    this.#told.set(producerId, score);
    // Whether there was anything to send the next look tells; and of what goes on after a rest, whether it comes.
    if (score === 0 && !own && !this.#sides[1].goesOn(producerId)) this.#scores.put(producerId, 0, false);
  }

  /** What else the server tells: what it does with a consumer. */
  hear(method: string, data: Record<string, unknown>): void {
    const received = this.options.path.receiver.by(String(data['consumerId']));
    if (!received) return;
    if (method === 'consumerLayersChanged') received.forwarded = data['spatialLayer'] !== undefined;
    if (method === 'consumerPaused') received.paused = true;
    if (method === 'consumerResumed') received.paused = false;
  }

  /** Somebody wants more or less of what is sent. */
  limit(): void {
    const { context, path } = this.options;
    limitLayers(path.sender, (error) => {
      context.logger.debug('layers', error);
    });
  }

  /** A transport that nothing can go over any more. */
  broken(transport: SfuTransport): void {
    this.#sides.find((side) => side.transport === transport)?.broken();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
    for (const stop of this.#stops) stop();
    for (const { ladder } of this.#sides) ladder.close();
    this.#renewal.close();
  }

  #side(direction: 'send' | 'recv'): Side {
    const { context, path, onRepair, onState, onFailed } = this.options;
    const side: Side = new Side({
      direction,
      context,
      path,
      hasRelay: path.transports.iceServers.some(isRelay),
      scoreOf: (producerId) => this.#told.get(producerId),
      renew: (which, policy) => this.#renewal.renew(which, policy),
      onScore: (...score) => {
        if (!this.#isClosed) this.#scores.put(...score);
      },
      onMissing: (missing) => {
        if (!this.#isClosed) this.#streams.look(missing);
      },
      onRepair: (repair) => {
        onRepair(repair);
        if (repair.step !== 'gaveUp') {
          onState();
          return;
        }
        this.close();
        onFailed(side.transport.failure);
      },
    });
    return side;
  }

  async #look(): Promise<void> {
    this.#stopTimer = undefined;
    // Some may have come since.
    this.limit();
    await Promise.all(this.#sides.map((side) => (side.isActive ? side.look() : undefined)));
    if (this.#isClosed) return;
    this.options.onState();
    this.wake();
  }
}
