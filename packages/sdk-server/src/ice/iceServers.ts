import type { IceServer } from '@parlor/protocol';
import { silentLogger, type Logger } from '../logger.js';
import { systemClock, type Clock } from './clock.js';
import { rankTurnServers } from './rankTurnServers.js';
import { stunProbe, type StunProbe } from './stunProbe.js';
import { turnCredentials, type TurnAccess, type TurnCredentials } from './turnCredentials.js';
import { TurnHealth } from './TurnHealth.js';
import { TurnLoad } from './TurnLoad.js';
import { turnServersOf, type KnownTurnServer } from './turnServers.js';
import { checkStunUrls, checkTurnUrls, isStunUrl } from './turnUrl.js';
import type { IceOptions, IcePeer, IceServersFor } from './types.js';

const TWELVE_HOURS = 12 * 60 * 60;

export interface IceParts {
  logger?: Logger;
  clock?: Clock;
  probe?: StunProbe;
}

/** The ICE servers of all peers, and the watch over the TURN servers among them. */
export interface IceServers {
  readonly serversFor: IceServersFor;
  /** Begins to watch the TURN servers; keeps no process alive. Nothing to do where there are none. */
  start(): void;
  /** Ends the watch; idempotent. */
  close(): void;
}

/**
 * The ICE servers for each peer: the static ones, STUN, and the TURN servers that are alive and best for the peer,
 * with credentials made for it.
 *
 * @throws Error for options that no browser would take; it names the fix
 */
export function createIceServers(
  options: IceOptions,
  { logger = silentLogger, clock = systemClock, probe = stunProbe }: IceParts = {},
): IceServers {
  const { servers = [], stunUrls = [], turnTtlSeconds = TWELVE_HOURS, turnServersPerPeer = 2 } = options;
  servers.forEach(checkServer);
  checkStunUrls(stunUrls);
  const turnServers = turnServersOf(options);
  if (!(turnTtlSeconds > 0)) throw new Error('ice.turnTtlSeconds must be more than 0');
  if (!(turnServersPerPeer >= 1)) throw new Error('ice.turnServersPerPeer must be at least 1');

  const fixed: IceServer[] = [...servers, ...(stunUrls.length > 0 ? [{ urls: stunUrls }] : [])];
  const health = new TurnHealth(turnServers, { logger, clock, probe, options: options.turnProbe ?? {} });
  const load = new TurnLoad<KnownTurnServer>(clock.now);

  const credentialsFor = (access: TurnAccess, { id, userId }: IcePeer): TurnCredentials => {
    if (!('secret' in access)) return access;
    const expiresAt = Math.floor(clock.now() / 1000 + turnTtlSeconds);
    return turnCredentials({ name: userId ?? id, expiresAt }, access.secret);
  };

  const choose = (peer: IcePeer): KnownTurnServer[] => {
    const alive = turnServers.filter((server) => health.of(server).alive);
    // Our view may be wrong while theirs is right: rather servers that seem dead than none.
    const candidates = (alive.length > 0 ? alive : turnServers).map((server) => ({
      server,
      region: server.region,
      weight: server.weight,
      isCloseTo: server.isCloseTo,
      roundTripMs: health.of(server).roundTripMs,
      load: load.of(server),
    }));
    const ranked = rankTurnServers(candidates, peer).map(({ server }) => server);
    return alive.length > 0 ? ranked.slice(0, turnServersPerPeer) : ranked;
  };

  return {
    serversFor(peer) {
      const chosen = choose(peer);
      if (chosen[0]) load.add(chosen[0]);
      return [
        ...fixed,
        ...chosen.map(({ urls, access }) => ({ urls: [...urls], ...credentialsFor(access, peer) })),
      ];
    },
    start: () => {
      health.start();
    },
    close: () => {
      health.close();
    },
  };
}

function checkServer({ urls, username, credential }: IceServer): void {
  for (const url of [urls].flat()) {
    if (isStunUrl(url)) continue;
    checkTurnUrls([url]);
    if (!username || !credential) throw new Error(`ICE server ${url} needs username and credential`);
  }
}
