import type { Logger } from '../logger.js';
import type { Clock } from './clock.js';
import type { StunProbe } from './stunProbe.js';
import type { KnownTurnServer } from './turnServers.js';
import { TurnWatch } from './TurnWatch.js';
import type { TurnProbeOptions } from './types.js';

export interface TurnHealthParts {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly probe: StunProbe;
  readonly options: TurnProbeOptions | false;
}

const DEFAULTS: Required<TurnProbeOptions> = {
  intervalMs: 10_000,
  retryMs: 1000,
  timeoutMs: 3000,
  failures: 3,
  successes: 2,
};

/** Which TURN servers are alive, and what the log hears of it. */
export class TurnHealth {
  readonly #watches = new Map<KnownTurnServer, TurnWatch>();
  readonly #logger: Logger;
  readonly #watching: boolean;

  constructor(servers: readonly KnownTurnServer[], { logger, clock, probe, options }: TurnHealthParts) {
    this.#logger = logger;
    this.#watching = options !== false;
    checkOptions(options || {});
    for (const server of servers) {
      const watch = new TurnWatch(server.targets, { ...DEFAULTS, ...options, clock, probe });
      watch.on('died', (reason) => {
        this.#died(server, reason);
      });
      watch.on('recovered', () => {
        logger.info({ turnServer: server.urls[0] }, 'TURN server answers again');
      });
      this.#watches.set(server, watch);
    }
  }

  of(server: KnownTurnServer): { alive: boolean; roundTripMs: number | undefined } {
    return this.#watches.get(server) ?? { alive: true, roundTripMs: undefined };
  }

  start(): void {
    if (!this.#watching) return;
    for (const watch of this.#watches.values()) watch.start();
  }

  close(): void {
    for (const watch of this.#watches.values()) watch.close();
  }

  #died({ urls }: KnownTurnServer, reason: string): void {
    this.#logger.warn({ turnServer: urls[0], reason }, 'TURN server does not answer: it is left out');
    if ([...this.#watches.values()].some(({ alive }) => alive)) return;
    this.#logger.warn(
      {
        fix:
          'start the TURN servers, open their ports to this server, correct their URLs; where they are right and ' +
          'answer no STUN (coturn: no-stun), set ice.turnProbe to false (PARLOR_TURN_PROBE=false)',
      },
      'no TURN server answers: clients are given all of them, and those that need one cannot connect',
    );
  }
}

function checkOptions(options: TurnProbeOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number(value) > 0)) throw new Error(`ice.turnProbe.${name} must be more than 0`);
  }
}
