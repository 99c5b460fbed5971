import type { StunProbe } from '../stunProbe.js';
import type { TurnTarget } from '../turnUrl.js';

export type Behaviour = number | 'silent' | 'refused';

/** STUN servers whose answers the test decides: a round trip, silence, or a refused connection. */
export class FakeNetwork {
  readonly asked: string[] = [];
  readonly aborted: string[] = [];
  readonly #behaviours = new Map<string, Behaviour>();

  /** @param name `host protocol port` */
  set(name: string, behaviour: Behaviour): void {
    this.#behaviours.set(name, behaviour);
  }

  readonly probe: StunProbe = (target, signal) => {
    const name = nameOf(target);
    this.asked.push(name);
    const behaviour = this.#behaviours.get(name) ?? 'silent';
    if (behaviour === 'refused') return Promise.reject(new Error('ECONNREFUSED'));
    if (behaviour !== 'silent') return Promise.resolve(behaviour);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        this.aborted.push(name);
        reject(signal.reason as Error);
      });
    });
  };
}

const nameOf = ({ host, protocol, port }: TurnTarget): string => `${host} ${protocol} ${String(port)}`;
