import type { RtpSender } from './RtpSender.js';

const EVERY_MS = 10;

/** Lets all senders of the process send what is due, with one timer. */
export class Ticker {
  readonly #senders = new Set<RtpSender>();
  #timer: NodeJS.Timeout | undefined;

  add(sender: RtpSender): void {
    this.#senders.add(sender);
    this.#timer ??= setInterval(() => {
      const now = performance.now();
      for (const each of this.#senders) each.sendDue(now);
    }, EVERY_MS);
  }

  remove(sender: RtpSender): void {
    this.#senders.delete(sender);
    if (this.#senders.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
