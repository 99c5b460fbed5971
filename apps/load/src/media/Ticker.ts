import type { RtpSender } from './RtpSender.js';

const EVERY_MS = 10;

/** Lets all senders of the process send what is due, with one timer. */
export class Ticker {
  readonly #senders = new Set<RtpSender>();
  #timer: NodeJS.Timeout | undefined;
  #paused = false;

  add(sender: RtpSender): void {
    this.#senders.add(sender);
    this.#run();
  }

  remove(sender: RtpSender): void {
    this.#senders.delete(sender);
    this.#run();
  }

  /** Nobody sends until `resume`; what was due meanwhile is left out. */
  pause(): void {
    this.#paused = true;
    this.#run();
  }

  resume(): void {
    this.#paused = false;
    this.#run();
  }

  #run(): void {
    if (this.#paused || this.#senders.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#timer ??= setInterval(() => {
      const now = performance.now();
      for (const each of this.#senders) each.sendDue(now);
    }, EVERY_MS);
  }
}
