import { ParlorError } from '../../errors.js';
import { Line } from './Line.js';
import type { CallOptions, LineOptions } from './types.js';

/** The devices of all users, those included whose connection may come back. */
export class Lines {
  readonly #limits: Required<Pick<CallOptions, 'maxDevices' | 'maxDevicesPerUser'>>;
  readonly #byKey = new Map<string, Line>();
  readonly #byUser = new Map<string, Set<Line>>();

  constructor(limits: Required<Pick<CallOptions, 'maxDevices' | 'maxDevicesPerUser'>>) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byKey.size;
  }

  get users(): IterableIterator<string> {
    return this.#byUser.keys();
  }

  get(key: string): Line | undefined {
    return this.#byKey.get(key);
  }

  of(userId: string): readonly Line[] {
    return [...(this.#byUser.get(userId) ?? [])];
  }

  connected(userId: string): readonly Line[] {
    return this.of(userId).filter(({ link }) => link);
  }

  has(line: Line): boolean {
    return this.#byKey.get(line.key) === line;
  }

  /** @throws LIMIT_REACHED */
  add(options: LineOptions): Line {
    const { maxDevices, maxDevicesPerUser } = this.#limits;
    const own = this.#byUser.get(options.userId) ?? new Set();
    if (own.size >= maxDevicesPerUser) {
      throw new ParlorError(
        'LIMIT_REACHED',
        `you wait for calls on ${String(own.size)} devices already: close one of them`,
      );
    }
    if (this.size >= maxDevices) {
      throw new ParlorError('LIMIT_REACHED', 'as many devices wait for calls as the server allows');
    }
    const line = new Line(options);
    this.#byKey.set(line.key, line);
    this.#byUser.set(line.userId, own.add(line));
    return line;
  }

  remove(line: Line): void {
    if (!this.has(line)) return;
    this.#byKey.delete(line.key);
    const own = this.#byUser.get(line.userId);
    own?.delete(line);
    if (own?.size === 0) this.#byUser.delete(line.userId);
  }
}
