import type { ConsumerLayers } from '../types.js';
import type { Timer } from '../timer.js';

/** In place of a layer: nobody watches it. */
export const NOBODY = -1;

/** Milliseconds after which less is sent: whoever hides a picture often shows it again soon. */
export const LOWER_AFTER = 5000;

/** What one consumer has to do with it. */
export interface Wish {
  readonly isWanted: boolean;
  /** Absent: the highest. */
  readonly preferredLayers?: ConsumerLayers | undefined;
}

/** The highest spatial layer that anybody wants, `NOBODY` when there is none who wants any. */
export function demandOf(wishes: Iterable<Wish>, highest: number): number {
  let demand = NOBODY;
  for (const { isWanted, preferredLayers } of wishes) {
    if (!isWanted) continue;
    demand = Math.max(demand, Math.min(preferredLayers?.spatialLayer ?? highest, highest));
    if (demand === highest) break;
  }
  return demand;
}

export interface DemandOptions {
  readonly timer: Timer;
  /** What is sent when nobody has said anything: all of it. */
  readonly highest: number;
  readonly wanted: () => number;
  readonly tell: (layer: number) => void;
}

/** What the sender of one video is told to send: more at once, less when nobody has wanted more for a while. */
export class Demand {
  #told: number;
  /** The most that was wanted since the timer began. */
  #peak = NOBODY;
  #stopTimer: (() => void) | undefined;
  #isDue = false;
  #isClosed = false;

  constructor(private readonly options: DemandOptions) {
    this.#told = options.highest;
    this.changed();
  }

  /** What was told last. */
  get told(): number {
    return this.#told;
  }

  /** Somebody may want something else. What changes in one turn is told once. */
  changed(): void {
    if (this.#isDue || this.#isClosed) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (!this.#isClosed) this.#follow(this.options.wanted());
    });
  }

  /** Somebody is about to want all of it: a client that has to get ready first. */
  expect(): void {
    if (!this.#isClosed) this.#follow(this.options.highest);
    this.changed();
  }

  /** Says it (again) to a sender that has begun anew meanwhile, and sends all. */
  repeat(): void {
    this.#rest();
    this.#tell(this.options.highest);
    this.changed();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
  }

  #follow(wanted: number): void {
    this.#peak = Math.max(this.#peak, wanted);
    if (wanted > this.#told) this.#tell(wanted);
    if (wanted === this.#told) this.#rest();
    else if (!this.#stopTimer) this.#begin(wanted);
  }

  #begin(wanted: number): void {
    this.#peak = wanted;
    this.#stopTimer = this.options.timer.after(LOWER_AFTER, () => {
      this.#stopTimer = undefined;
      this.#tell(this.#peak);
      this.#follow(this.options.wanted());
    });
  }

  #rest(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #tell(layer: number): void {
    this.#told = layer;
    this.options.tell(layer);
  }
}
