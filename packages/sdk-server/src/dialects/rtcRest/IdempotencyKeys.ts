import { createHash } from 'node:crypto';
import { ParlorError } from '../../errors.js';
import type { Answer } from './answers.js';

const KEEP_MS = 10 * 60_000;
const MAX_PER_USER = 64;
const MAX_USERS = 2000;

interface Entry {
  body: string;
  answer: Promise<Answer>;
  expiresAt: number;
}

export interface KeyedRequest {
  userId: string;
  /** Method and path. */
  target: string;
  key: string;
  body: string;
}

/**
 * Answers to requests with an `Idempotency-Key`
 * (draft-ietf-httpapi-idempotency-key-header): who asks again, because the first answer was lost, gets the same one.
 */
export class IdempotencyKeys {
  readonly #now: () => number;
  /** By user, those that asked last at the end; of each by target and key, oldest first. */
  readonly #users = new Map<string, Map<string, Entry>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The answer of `respond`, which is asked once; a second request waits for the first. Failures of the server are not
   * kept: trying again may help.
   * @throws IDEMPOTENCY_KEY_REUSED
   */
  async once(request: KeyedRequest, respond: () => Promise<Answer>): Promise<Answer & { repeated: boolean }> {
    const entries = this.#entriesOf(request.userId);
    const id = `${request.target}\n${request.key}`;
    const body = createHash('sha256').update(request.body).digest('base64');
    const known = entries.get(id);
    if (known) {
      if (known.body !== body)
        throw new ParlorError(
          'IDEMPOTENCY_KEY_REUSED',
          'this Idempotency-Key came with another body before: use a new key for a new request',
        );
      return { ...(await known.answer), repeated: true };
    }
    const answer = respond();
    const entry = { body, answer, expiresAt: this.#now() + KEEP_MS };
    entries.set(id, entry);
    const [oldest] = entries.keys();
    if (entries.size > MAX_PER_USER && oldest !== undefined) entries.delete(oldest);
    const { status } = await answer;
    if (status >= 500 && entries.get(id) === entry) entries.delete(id);
    return { ...(await answer), repeated: false };
  }

  #entriesOf(userId: string): Map<string, Entry> {
    const now = this.#now();
    const entries = this.#users.get(userId) ?? new Map<string, Entry>();
    for (const [id, { expiresAt }] of entries) if (expiresAt <= now) entries.delete(id);
    this.#users.delete(userId);
    this.#users.set(userId, entries);
    const [longestSilent] = this.#users.keys();
    if (this.#users.size > MAX_USERS && longestSilent !== undefined) this.#users.delete(longestSilent);
    return entries;
  }
}
