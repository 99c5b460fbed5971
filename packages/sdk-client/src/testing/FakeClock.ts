interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Time that passes only when told to. */
export class FakeClock {
  readonly #timers = new Set<Timer>();
  #now = 1_000_000;
  #order = 0;

  /** Timers that are set and have not fired. */
  get pending(): number {
    return this.#timers.size;
  }

  readonly now = (): number => this.#now;

  readonly timer = (callback: () => void, milliseconds: number): (() => void) => {
    const timer = { due: this.#now + Math.max(0, milliseconds), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  };

  /** Lets `milliseconds` pass: timers fire in order, and promises settle in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = next.due;
      this.#timers.delete(next);
      next.callback();
      await settle();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers]
      .filter(({ due }) => due <= end)
      .sort((a, b) => a.due - b.due || a.order - b.order)[0];
  }
}

/** Lets promises that are ready run, and those that they make ready. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
