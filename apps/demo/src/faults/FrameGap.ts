export interface GapReading {
  /** Milliseconds, the longest time without a new picture, the present one included. */
  readonly longest: number;
  /** Milliseconds since the last picture; undefined while none is expected. */
  readonly since: number | undefined;
}

/** The longest time between two pictures of a video. Times are milliseconds of one clock. */
export class FrameGap {
  #last: number | undefined;
  #longest = 0;

  frame(at: number): void {
    this.#longest = this.read(at).longest;
    this.#last = at;
  }

  /** No picture is expected until the next one comes: the camera is off, or the page is not looked at. */
  pause(): void {
    this.#last = undefined;
  }

  /** Forgets what was until now. */
  reset(now: number): void {
    this.#longest = 0;
    if (this.#last !== undefined) this.#last = now;
  }

  read(now: number): GapReading {
    // A frame may carry a time that is slightly ahead of the clock.
    const since = this.#last === undefined ? undefined : Math.max(0, now - this.#last);
    return { longest: Math.max(this.#longest, since ?? 0), since };
  }
}
