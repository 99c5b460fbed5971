import type { ProtooAnswers, ProtooNotifications } from '@parlor/protocol';
import { ParlorError, toParlorError } from '../../errors.js';
import type { Topology } from '../../types.js';
import type { DriverContext, DriverState } from '../MediaDriver.js';
import type { Carrier } from './createCarrier.js';
import { Path, type PathHost } from './Path.js';

/** Milliseconds in which a new path to the server has to connect. */
export const CONNECT_LIMIT = 5000;
/** Milliseconds in which elements change over from media of one path to that of another: `CHANGE_OVER`, and some more. */
export const LINGER = 300;

type TopologyChanged = ProtooNotifications['topologyChanged'];
type OpenPath = ProtooAnswers['openPath'];

export interface PathsOptions {
  readonly context: DriverContext;
  readonly host: PathHost;
  /** @throws ParlorError `TOPOLOGY_MISMATCH` when this page is not for that */
  readonly createCarrier: (topology: Topology) => Carrier;
  /** Listens to its driver. */
  readonly follow: (path: Path) => void;
  /** Everything is on it. */
  readonly isOn: (path: Path) => boolean;
  /** It is not to be used any more. */
  readonly release: (path: Path) => void;
  /** Another path is current. */
  readonly onChange: () => void;
  readonly onState: () => void;
  readonly onBroken: (error: ParlorError) => void;
}

/**
 * The paths that there are: the current one last, before it the one that carries until everybody has changed over.
 * The server decides; this brings paths up and down as it says.
 */
export class Paths {
  list: readonly Path[] = [];
  #joinAnswer: Partial<ProtooAnswers['joinRoom']> = {};
  /** What the server waits for. */
  #comingUp: Path | undefined;
  #stopLinger: (() => void) | undefined;
  readonly #retired = new Map<Path, () => void>();
  /** Undefined when the time is up, or it has connected. */
  readonly #limits = new Map<Path, (() => void) | undefined>();
  #isClosed = false;

  constructor(private readonly options: PathsOptions) {}

  get current(): Path | undefined {
    return this.list.at(-1);
  }

  get state(): DriverState {
    const current = this.current?.driver.state ?? 'new';
    const carries = this.list.some(({ driver, isDead }) => driver.state === 'connected' && !isDead);
    return carries ? 'connected' : current === 'new' && this.list.length > 1 ? 'connecting' : current;
  }

  /** The path by which this page joins. */
  async join(carrier: Carrier, answer: ProtooAnswers['joinRoom']): Promise<void> {
    this.#joinAnswer = answer;
    await this.#add(answer.path ?? 0, carrier).open(answer);
  }

  onTopologyChanged({ topology, reason, path }: TopologyChanged): void {
    if (path === this.current?.number) return;
    if (reason === 'mediaServerDied') this.#serverDied();
    const former = this.list.find(({ number }) => number === path);
    if (former) {
      this.#returnTo(former);
      former.hear('topologyChanged', { topology, reason, path });
    } else this.#begin(topology, path);
  }

  /** Everybody is on this path. */
  onSettled(number: number): void {
    if (this.current?.number !== number) return;
    this.#comingUp = undefined;
    for (const path of this.list) if (path !== this.current) this.#retire(path);
    this.options.onState();
  }

  onDriverState(path: Path): void {
    const { state } = path.driver;
    if (state === 'connected') this.#stopLimit(path);
    else if (state === 'failed') this.report(path, 'TRANSPORT_FAILED');
    this.options.onState();
  }

  /** It does not work for this page, or towards one peer: the server decides what follows. */
  report(path: Path, code: string, peerId?: string): void {
    if (path !== this.current || this.#joinAnswer.path === undefined) return;
    this.options.context
      .request('pathFailed', { path: path.number, code, ...(peerId === undefined ? {} : { peerId }) })
      .catch((error: unknown) => {
        this.options.context.logger.debug('a failed path could not be reported', error);
      });
  }

  /** Something has changed that readiness may depend on. */
  check(): void {
    if (this.current) this.#limit(this.current);
    if (this.#stopLinger || !this.#isReady) return;
    this.#stopLinger = this.options.context.platform.timer(() => {
      this.#stopLinger = undefined;
      if (this.#isReady) this.#tellReady();
    }, LINGER);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopLinger?.();
    for (const stop of [...this.#limits.values(), ...this.#retired.values()]) stop?.();
    const error = new ParlorError('NOT_CONNECTED', 'There is no media path now.');
    const paths = [...this.list, ...this.#retired.keys()];
    this.list = [];
    this.#retired.clear();
    for (const path of paths) path.close(error);
  }

  get #isReady(): boolean {
    const path = this.#comingUp;
    return path !== undefined && path.isOpen && this.options.isOn(path);
  }

  #tellReady(): void {
    const path = this.#comingUp;
    if (!path) return;
    this.#comingUp = undefined;
    for (const each of this.list) if (each.isDead) this.#retire(each);
    this.options.context.request('pathReady', { path: path.number }).catch((error: unknown) => {
      this.options.context.logger.debug('pathReady', error);
    });
  }

  #add(number: number, carrier: Carrier): Path {
    const path = new Path(number, carrier, this.options.host);
    this.list = [...this.list, path];
    this.options.follow(path);
    this.options.onChange();
    return path;
  }

  #begin(topology: Topology, number: number): void {
    try {
      this.#makeRoom();
      const path = this.#add(number, this.options.createCarrier(topology));
      // Back to what this page has never been on: the server has given up the other one.
      for (const each of this.list) if (each.number > number) each.die();
      this.#comingUp = path;
      void this.#open(path);
    } catch (error) {
      this.options.onBroken(toParlorError(error, 'TRANSPORT_FAILED'));
    }
  }

  /** Of two that there are already, the one that carries less goes. */
  #makeRoom(): void {
    const [former, current] = this.list;
    if (!former || !current) return;
    this.#retire(former.isDead && !current.isDead ? former : current);
  }

  async #open(path: Path): Promise<void> {
    const { context } = this.options;
    try {
      const transports = path.driver.topology === 'sfu' ? path.driver.joinRequest() : {};
      const answer = (await context.request('openPath', { ...transports, path: path.number })) as OpenPath;
      const { peerId, data } = this.#joinAnswer;
      if (this.list.includes(path)) await path.open({ peerId, data, ...answer });
    } catch (error) {
      const { code } = toParlorError(error, 'TRANSPORT_FAILED');
      context.logger.info('a media path could not be opened', path.number, code);
      // Another one is current meanwhile: a notification tells.
      if (code !== 'PATH_GONE' && this.list.includes(path)) this.report(path, code);
    }
  }

  /** The change is called off. */
  #returnTo(former: Path): void {
    this.#comingUp = undefined;
    const others = this.list.filter((path) => path !== former);
    this.list = [...others, former];
    for (const path of others) this.#retire(path);
    former.catchUp();
    this.options.onChange();
    this.options.onState();
  }

  #serverDied(): void {
    for (const path of this.list) if (path.driver.topology === 'sfu') path.die();
  }

  /** Elements may still show what it brings. */
  #retire(path: Path): void {
    this.list = this.list.filter((each) => each !== path);
    this.#stopLimit(path);
    this.#limits.delete(path);
    this.options.release(path);
    const close = () => {
      this.#retired.delete(path);
      path.close(new ParlorError('CANCELLED', 'The room has another media path now.'));
    };
    if (this.#isClosed || !path.isOpen) close();
    else this.#retired.set(path, this.options.context.platform.timer(close, LINGER));
  }

  /** Once there is something to carry. Without a candidate that is any good, browsers do not even say `connecting`. */
  #limit(path: Path): void {
    const { driver, sent, received } = path;
    if (driver.topology === 'p2p' || this.#limits.has(path) || sent.size + received.size === 0) return;
    const stop = this.options.context.platform.timer(() => void this.#look(path), CONNECT_LIMIT);
    this.#limits.set(path, stop);
    if (driver.state === 'connected') this.#stopLimit(path);
  }

  async #look(path: Path): Promise<void> {
    if (!(await getsThrough(path))) this.report(path, 'TRANSPORT_FAILED');
  }

  #stopLimit(path: Path): void {
    this.#limits.get(path)?.();
    this.#limits.set(path, undefined);
  }
}

/** Whether checks between browser and server are answered, whatever there is to send. */
async function getsThrough({ driver }: Path): Promise<boolean> {
  const { transports } = await driver.stats().catch(() => ({ transports: [] }));
  return transports.some((report) => {
    let isAnswered = false;
    report.forEach(({ type, state }: RTCIceCandidatePairStats) => {
      isAnswered ||= type === 'candidate-pair' && state === 'succeeded';
    });
    return isAnswered;
  });
}
