import type { Platform } from '../platform.js';

/** Milliseconds without a message until the server is asked whether it is still there. */
export const QUIET = 15_000;
/** Milliseconds it then has to answer. */
export const ANSWER = 5000;

interface LivenessOptions {
  readonly platform: Pick<Platform, 'timer' | 'now' | 'page'>;
  /** Resolves when the server answered in time. */
  readonly ping: (timeout: number) => Promise<unknown>;
  readonly onDead: () => void;
}

/**
 * Notices a connection that is dead without having closed. Browsers hide WebSocket pings (RFC 6455 §5.5.2), so
 * this asks in the application: when it was quiet for long, when the network came back, when the page did.
 */
export class Liveness {
  #heard: number;
  #asking = false;
  #stopped = false;
  #stopTimer: () => void = () => {};
  readonly #stopListening: (() => void)[];

  constructor(private readonly options: LivenessOptions) {
    const { page } = options.platform;
    this.#heard = options.platform.now();
    const ask = () => {
      void this.#ask();
    };
    this.#stopListening = [page.on('online', ask), page.on('visible', ask)];
    this.#arm(QUIET);
  }

  /** Something arrived. */
  heard(): void {
    this.#heard = this.options.platform.now();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopTimer();
    for (const stop of this.#stopListening) stop();
  }

  /** One timer for all messages: it is not re-armed on each, it looks how long it was quiet when it fires. */
  #arm(delay: number): void {
    this.#stopTimer();
    if (this.#stopped) return;
    this.#stopTimer = this.options.platform.timer(() => {
      const quiet = this.options.platform.now() - this.#heard;
      if (quiet < QUIET) this.#arm(QUIET - quiet);
      else void this.#ask();
    }, delay);
  }

  async #ask(): Promise<void> {
    if (this.#asking || this.#stopped) return;
    this.#asking = true;
    try {
      await this.options.ping(ANSWER);
      this.#arm(QUIET);
    } catch {
      // Any failure counts: an old server's "unknown method" is an answer and was heard.
      if (this.options.platform.now() - this.#heard >= ANSWER) this.options.onDead();
      else this.#arm(QUIET);
    } finally {
      this.#asking = false;
    }
  }
}
