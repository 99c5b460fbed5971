import type { Platform } from '../../platform.js';
import type { Path } from './Path.js';
import { progress } from './progress.js';
import type { Wanted } from './Wanted.js';

/** Milliseconds between two looks. */
export const FLOW_INTERVAL = 100;
/** Looks at which the former path has brought nothing either: its publisher sends nothing, and nothing is lost. */
export const QUIET_LOOKS = 20;

export interface FlowWatchOptions {
  readonly platform: Pick<Platform, 'timer'>;
  /** What a new path brings and the app has from another one as yet. */
  readonly waiting: () => readonly { readonly wanted: Wanted; readonly from: Path; readonly to: Path }[];
  /** It can be seen or heard. */
  readonly onFlow: (wanted: Wanted, to: Path) => void;
}

interface Quiet {
  readonly progress: number;
  readonly looks: number;
}

/** Sees by the statistics when media of a new path is there. */
export class FlowWatch {
  #stopTimer: (() => void) | undefined;
  #isRunning = false;
  #isClosed = false;
  #quiet = new Map<Wanted, Quiet>();

  constructor(private readonly options: FlowWatchOptions) {}

  /** There may be something to wait for. Rests by itself. */
  wake(): void {
    if (this.#isRunning || this.#isClosed || this.options.waiting().length === 0) return;
    this.#isRunning = true;
    this.#stopTimer = this.options.platform.timer(() => void this.#look(), FLOW_INTERVAL);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
  }

  async #look(): Promise<void> {
    const paths = new Set(this.options.waiting().flatMap(({ from, to }) => [from, to]));
    const reports = new Map(await Promise.all([...paths].map(measure)));
    if (this.#isClosed) return;
    const quiet = new Map<Wanted, Quiet>();
    for (const { wanted, from, to } of this.options.waiting()) {
      const rest = { progress: reports.get(from)?.get(wanted.id) ?? 0, looks: 0 };
      const before = this.#quiet.get(wanted) ?? rest;
      const looks = before.progress === rest.progress ? before.looks + 1 : 0;
      quiet.set(wanted, { ...rest, looks });
      const flows = (reports.get(to)?.get(wanted.id) ?? 0) > 0;
      if (flows || wanted.isSilent || from.isDead || looks > QUIET_LOOKS) this.options.onFlow(wanted, to);
    }
    this.#quiet = quiet;
    this.#isRunning = false;
    this.wake();
  }
}

/** Progress of each stream that a path brings. One that is closed meanwhile brings none. */
async function measure(path: Path): Promise<[Path, Map<string, number>]> {
  const { tracks } = await path.driver.stats().catch(() => ({ tracks: [] }));
  const received = tracks.filter(({ direction }) => direction === 'recv');
  return [path, new Map(received.map(({ producerId, report }) => [producerId, progress(report)]))];
}
