/** Milliseconds between reports on what arrives (transport-wide congestion control, draft-holmer-rmcat §2.1). */
const REPORT_INTERVAL = 100;
/** So many reports have to be due before their absence says anything. */
const WINDOW = 4;
/** Less than this share of what is usual is nothing: reports that come whatever arrives (RFC 3550 §6.2) are so rare. */
const SHARE = 1 / 3;
/** By so much the last window changes what is usual, upwards and downwards: a call begins with few. */
const LEARNING = { up: 0.5, down: 0.1 };

/** What a transport has done between two looks. */
export interface Exchange {
  /** Milliseconds. */
  readonly elapsed: number;
  /** Packets sent. */
  readonly left: number;
  /** Packets that came in. */
  readonly came: number;
  /** A connectivity check was answered: few reports are all that there are. */
  readonly lives: boolean;
}

/**
 * Whether what is sent is answered by as many reports as usual. Receivers report ten times a second on what arrives, and
 * once a second anyway: where only these come, nothing arrives.
 */
export class Echo {
  /** Packets that come in for each report that could have been due. */
  #usual = 0;
  #due = 0;
  #came = 0;

  /**
   * Undefined unless enough has come since the window began, and something of it now. Else for how many of the elapsed
   * milliseconds nothing has: as if it had come as densely as usual, and then no more.
   */
  look({ elapsed, left, came, lives }: Exchange): number | undefined {
    const due = Math.min(left, elapsed / REPORT_INTERVAL);
    this.#due += due;
    this.#came += came;
    const usual = this.#usual;
    const isEnough = came > 0 && this.#came >= SHARE * usual * Math.max(this.#due, WINDOW);
    if (this.#due >= WINDOW) this.#end(isEnough || lives);
    return isEnough ? elapsed * Math.max(0, 1 - came / (usual * due)) : undefined;
  }

  /** What was sent up to now may have been lost. */
  beginAnew(): void {
    this.#due = 0;
    this.#came = 0;
  }

  #end(isUsual: boolean): void {
    const change = this.#came / this.#due - this.#usual;
    if (isUsual) this.#usual += change * (change > 0 ? LEARNING.up : LEARNING.down);
    this.beginAnew();
  }
}
