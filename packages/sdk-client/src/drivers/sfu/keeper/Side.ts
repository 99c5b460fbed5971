import type { MediaRepair } from '../../../types.js';
import type { DriverContext } from '../../MediaDriver.js';
import { PathPulse, readPath } from '../../PathPulse.js';
import { beginPath, judge, QUIET_LIMIT, type Checks, type PathState } from '../../stall.js';
import type { Direction } from '../device.js';
import type { SfuPath } from '../SfuDriver.js';
import type { SfuTransport } from '../SfuTransport.js';
import { Inquirer } from './Inquirer.js';
import { RepairLadder, type RepairAction } from './RepairLadder.js';
import { ReceivedStreams, SentStreams, type Found } from './streams.js';

export interface SideOptions {
  readonly direction: Direction;
  readonly context: DriverContext;
  readonly path: SfuPath;
  readonly hasRelay: boolean;
  readonly scoreOf: (producerId: string) => number | undefined;
  readonly renew: (direction: Direction, policy?: RTCIceTransportPolicy) => Promise<void>;
  readonly onScore: (producerId: string, score: number | undefined, own: boolean) => void;
  readonly onRepair: (repair: MediaRepair) => void;
  /** Videos that do not come although the path lives. */
  readonly onMissing: (missing: ReceivedStreams['missing']) => void;
}

/** Milliseconds without a connection after which it is repaired, by state of the transport. */
const DOWN_LIMITS: Partial<Record<RTCPeerConnectionState, number>> = {
  failed: 0,
  disconnected: QUIET_LIMIT,
  connecting: 8000,
};

/** None that counts, on a path of which nothing is known. */
const UNANSWERED: Checks = { answered: false, unanswered: 0, overdue: 0, lossRate: 0 };

/** One direction: whether media moves, and its repair. */
export class Side {
  readonly ladder: RepairLadder;
  /** Media has been seen to move, or there was none to move. */
  isProven = false;
  readonly #sent = new SentStreams();
  readonly #received = new ReceivedStreams();
  #pulse: PathPulse;
  readonly #server: Inquirer;
  #state: PathState;
  /** What is sent leaves, and no reports on it have come since the last look. */
  #isUnheard = false;
  #downSince: number | undefined;

  constructor(private readonly options: SideOptions) {
    const { direction, context, hasRelay, onRepair } = options;
    this.#state = beginPath(context.platform.now());
    this.#pulse = new PathPulse(direction);
    this.#server = new Inquirer({ direction, context, transport: () => this.transport.transport });
    this.ladder = new RepairLadder({
      platform: context.platform,
      hasRelay: () => hasRelay,
      act: (action) => this.#act(action),
      check: async () => {
        await this.look();
        return !this.ladder.isRunning;
      },
      told: (step, reason) => {
        context.logger.info('media repair', direction, step, reason);
        onRepair({ direction, step, reason });
      },
      warn: (action, error) => {
        context.logger.warn('media repair', direction, action, error);
      },
    });
  }

  get transport(): SfuTransport {
    return this.options.path[this.options.direction];
  }

  /** Something may be wrong. */
  get isDoubtful(): boolean {
    const { verdict } = this.#state;
    const isAsking = verdict !== 'idle' && this.#server.isDoubtful;
    return !this.isProven || this.ladder.isRunning || verdict === 'waiting' || this.#isUnheard || isAsking;
  }

  /** There is something to look at. */
  get isActive(): boolean {
    const { sender, receiver } = this.options.path;
    const streams = this.options.direction === 'send' ? sender.sent : receiver.received;
    const { state } = this.transport;
    return state !== 'new' && (streams.size > 0 || state !== 'connected' || this.ladder.isRunning);
  }

  /** It was at rest, and nothing of it has come since. */
  goesOn(producerId: string): boolean {
    return this.#received.goesOn(producerId);
  }

  async look(): Promise<void> {
    const { transport } = this;
    // Closed while it is asked: the next look finds another one.
    const report = await transport.transport.getStats().catch(() => undefined);
    if (transport !== this.transport) return;
    if (report) this.#read(report);
    this.#decide();
  }

  /** The network is another one, or back. */
  networkChanged(): void {
    if (this.transport.state !== 'new') this.ladder.begin('networkChanged');
  }

  /** Nothing can go over the transport any more. */
  broken(): void {
    if (this.ladder.isRunning) this.ladder.fail();
    else this.ladder.begin('failed');
  }

  #read(report: RTCStatsReport): void {
    const { direction, path, context, scoreOf, onScore, onMissing } = this.options;
    const at = context.platform.now();
    const now = readPath(report);
    const looked = { report, at, scoreOf, roundTripTime: now.roundTripTime };
    const found =
      direction === 'send'
        ? this.#sent.look(path.sender, looked)
        : this.#received.look(path.receiver.received, looked);
    const pulse = this.#pulse.look(now, at);
    const asks = pulse.checks === undefined;
    const isDue = now.pair !== undefined && found.some(({ look }) => look.due);
    const refused = asks && isDue && this.#server.look(report, at);
    const streams = found.map(({ look }) => (refused ? { ...look, refused } : look));
    const checks = asks && this.#server.isUnproven ? UNANSWERED : pulse.checks;
    this.#state = judge(this.#state, { at, direction, streams, quiet: pulse.quiet, checks });
    this.#isUnheard = this.#state.verdict === 'flows' && pulse.quiet === undefined;
    for (const { producerId, score, look } of found)
      onScore(producerId, this.#isCut(look) ? 0 : score, direction === 'send');
    if (direction === 'recv' && this.#isAlive) onMissing(this.#received.missing);
  }

  get #isAlive(): boolean {
    const { verdict } = this.#state;
    const isWell = verdict === 'flows' || verdict === 'idle';
    return isWell && this.transport.state === 'connected' && !this.ladder.isRunning;
  }

  /** What is sent into a broken path is lost, whatever was last heard of it. */
  #isCut({ due }: Found['look']): boolean {
    const { direction } = this.options;
    const cut = this.#state.verdict === 'stalled' || this.#connection === 'disconnected';
    return direction === 'send' && due && cut;
  }

  /** Firefox says `disconnected` as soon as one check is lost, also where media arrives. */
  get #connection(): SfuTransport['state'] {
    const { state } = this.transport;
    const arrives = this.#state.verdict === 'flows' && this.#server.isWell;
    return state === 'disconnected' && arrives ? 'connected' : state;
  }

  #decide(): void {
    const state = this.#connection;
    const { verdict } = this.#state;
    if (state === 'connected') {
      this.#downSince = undefined;
      if (verdict === 'flows' || verdict === 'idle') {
        this.isProven = true;
        this.ladder.recovered();
      } else if (verdict === 'stalled') this.ladder.begin('stalled');
      return;
    }
    const now = this.options.context.platform.now();
    this.#downSince ??= now;
    const limit = verdict === 'stalled' ? 0 : (DOWN_LIMITS[state] ?? Infinity);
    if (now - this.#downSince >= limit) this.ladder.begin(state === 'failed' ? 'failed' : 'disconnected');
  }

  /** What was seen before a repair proves nothing after it. */
  #beginAnew(): void {
    this.#state = beginPath(this.options.context.platform.now());
    this.#pulse.beginAnew();
    this.#server.beginAnew();
  }

  async #act(action: RepairAction): Promise<void> {
    const { direction, renew } = this.options;
    this.#beginAnew();
    if (action === 'iceRestart') await this.transport.restartIce();
    else {
      await renew(direction, action === 'relayOnly' ? 'relay' : undefined);
      this.#sent.clear();
      this.#received.clear();
      this.#pulse = new PathPulse(direction);
      this.#server.forget();
    }
    this.#beginAnew();
  }
}
