import { ParlorError } from '../errors.js';

export interface GuessLimits {
  /** Wrong passwords that are answered at once. Default 3. */
  free: number;
  /** Wrong passwords from one address until no more are taken. Default 10. */
  perAddress: number;
  /** Wrong passwords for one room, from wherever, until no more are taken. Default 50. */
  perRoom: number;
  /** How long wrong passwords are remembered, from the first one on; milliseconds. Default 15 minutes. */
  windowMs: number;
}

export const DEFAULT_GUESS_LIMITS: GuessLimits = {
  free: 3,
  perAddress: 10,
  perRoom: 50,
  windowMs: 15 * 60_000,
};

/** The first delay; each further wrong password doubles it. Milliseconds. */
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 2000;
/** Addresses and rooms that are remembered at most; the oldest give way. */
const MAX_KEYS = 100_000;

/** Refused before the password was looked at. */
export class TooManyGuesses extends ParlorError {
  constructor(readonly retryAfterSeconds: number) {
    super('RATE_LIMITED', `too many wrong passwords: try again in ${String(retryAfterSeconds)} seconds`);
  }
}

export interface Guess {
  room: string;
  /** IP address; undefined: not known. */
  address: string | undefined;
}

/** A guess that may be made. */
export interface Attempt {
  /** How long the answer has to wait, whatever it will be; milliseconds. */
  readonly delayMs: number;
  /** Ends it; to be called once. */
  done(result: 'right' | 'wrong'): void;
}

interface Counter {
  wrong: number;
  /** Those whose end is not known yet. */
  pending: number;
  until: number;
}

/**
 * Makes guessing of passwords slow, then impossible for a while. No more guesses are looked at together than may be
 * wrong, so that many at once are no way around.
 */
export class GuessLimiter {
  readonly #limits: GuessLimits;
  readonly #now: () => number;
  readonly #counters = new Map<string, Counter>();
  readonly #waiting: (() => void)[] = [];

  /** @param now milliseconds */
  constructor(limits: Partial<GuessLimits>, now: () => number) {
    this.#limits = { ...DEFAULT_GUESS_LIMITS, ...limits };
    this.#now = now;
  }

  /** Waits until enough others have ended: people behind one address often come together. @throws as `attempt` */
  async begin(guess: Guess): Promise<Attempt> {
    for (;;) {
      const attempt = this.attempt(guess);
      if (attempt) return attempt;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** Undefined: others have to end first. @throws RATE_LIMITED, a `TooManyGuesses` */
  attempt({ room, address }: Guess): Attempt | undefined {
    const { perAddress, perRoom } = this.#limits;
    const now = this.#now();
    const judged = [{ counter: this.#counter(`room ${room}`, now), most: perRoom }];
    if (address !== undefined)
      judged.push({ counter: this.#counter(`address ${network(address)}`, now), most: perAddress });

    const refusals = judged.filter(({ counter, most }) => counter.wrong >= most);
    if (refusals.length > 0) {
      const until = Math.max(...refusals.map(({ counter }) => counter.until));
      throw new TooManyGuesses(Math.max(1, Math.ceil((until - now) / 1000)));
    }
    if (judged.some(({ counter: { wrong, pending }, most }) => wrong + pending >= most)) return undefined;
    for (const { counter } of judged) counter.pending += 1;
    return {
      delayMs: this.#delay(Math.max(...judged.map(({ counter }) => counter.wrong))),
      done: (result) => {
        for (const { counter } of judged) {
          counter.pending -= 1;
          if (result === 'wrong') counter.wrong += 1;
        }
        for (const resume of this.#waiting.splice(0)) resume();
      },
    };
  }

  /** Forgets what is over. */
  sweep(): void {
    const now = this.#now();
    for (const [key, { until, wrong, pending }] of this.#counters)
      if (pending === 0 && (until <= now || wrong === 0)) this.#counters.delete(key);
  }

  get size(): number {
    return this.#counters.size;
  }

  #delay(wrong: number): number {
    const { free } = this.#limits;
    return wrong < free ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (wrong - free));
  }

  #counter(key: string, now: number): Counter {
    const known = this.#counters.get(key);
    if (known && known.until > now) return known;
    this.#counters.delete(key);
    if (this.#counters.size >= MAX_KEYS) {
      const [oldest] = this.#counters.keys();
      if (oldest !== undefined) this.#counters.delete(oldest);
    }
    const counter = { wrong: 0, pending: 0, until: now + this.#limits.windowMs };
    this.#counters.set(key, counter);
    return counter;
  }
}

/** A customer of a provider has a whole /64 of IPv6 addresses (RFC 6177 §2). */
function network(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
