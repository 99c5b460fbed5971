import { ParlorError } from '../../errors.js';
import type { Timer } from '../timer.js';
import type { ProtooSession } from './ProtooSession.js';

interface Waiting {
  session: ProtooSession;
  stopTimer: () => void;
}

/** Sessions that can be taken up again, by their resume token. */
export class Sessions {
  readonly #sessions = new Map<string, Waiting>();
  readonly #timer: Timer;
  /** How long a client may be away, ms. */
  readonly #graceMs: number;

  constructor(timer: Timer, graceMs: number) {
    this.#timer = timer;
    this.#graceMs = graceMs;
  }

  add(resumeToken: string, session: ProtooSession): void {
    this.#sessions.set(resumeToken, { session, stopTimer: () => undefined });
  }

  delete(resumeToken: string): void {
    this.#sessions.get(resumeToken)?.stopTimer();
    this.#sessions.delete(resumeToken);
  }

  /** The client is away: `gone` is called unless it is back in time. */
  await(resumeToken: string, gone: () => void): void {
    const waiting = this.#sessions.get(resumeToken);
    if (!waiting || this.#graceMs <= 0) {
      this.delete(resumeToken);
      gone();
      return;
    }
    waiting.stopTimer = this.#timer.after(this.#graceMs, () => {
      this.#sessions.delete(resumeToken);
      gone();
    });
  }

  get(resumeToken: string): ProtooSession | undefined {
    return this.#sessions.get(resumeToken)?.session;
  }

  /** @throws SESSION_NOT_FOUND */
  find(resumeToken: string): ProtooSession {
    const found = this.get(resumeToken);
    if (!found) throw lost();
    return found;
  }

  back(resumeToken: string): void {
    this.#sessions.get(resumeToken)?.stopTimer();
  }
}

export const lost = (): ParlorError =>
  new ParlorError('SESSION_NOT_FOUND', 'there is no such session any more: send joinRoom');
