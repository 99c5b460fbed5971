import type { IceServer } from '@parlor/protocol';
import { turnCredentials } from './turnCredentials.js';
import type { IceOptions, IceServersFor } from './types.js';

const HOST = String.raw`(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?`;
const STUN = new RegExp(`^stuns?:${HOST}$`);
const TURN = new RegExp(`^turns?:${HOST}(?:\\?transport=(?:udp|tcp))?$`);
const TWELVE_HOURS = 12 * 60 * 60;

/**
 * The ICE servers for each peer: the static ones, STUN, and TURN with credentials made for the peer.
 *
 * @throws Error for options that no browser would take; it names the fix
 */
export function createIceServers(
  options: IceOptions,
  { now = Date.now }: { now?: () => number } = {},
): IceServersFor {
  const { servers = [], stunUrls = [], turnUrls = [], turnSecret, turnTtlSeconds = TWELVE_HOURS } = options;
  servers.forEach(checkServer);
  checkUrls(stunUrls, STUN, 'a STUN URL looks like stun:stun.example.org:3478');
  checkUrls(turnUrls, TURN, 'a TURN URL looks like turn:turn.example.org:3478?transport=udp');
  if (turnUrls.length > 0 && !turnSecret) {
    throw new Error('TURN URLs need ice.turnSecret, the "static-auth-secret" of the TURN server');
  }
  if (turnSecret && turnUrls.length === 0) throw new Error('a TURN secret is of no use without ice.turnUrls');
  if (!(turnTtlSeconds > 0)) throw new Error('ice.turnTtlSeconds must be more than 0');

  const fixed: IceServer[] = [...servers, ...(stunUrls.length > 0 ? [{ urls: stunUrls }] : [])];
  if (!turnSecret) return () => fixed;
  return ({ id, userId }) => {
    const expiresAt = Math.floor(now() / 1000 + turnTtlSeconds);
    return [...fixed, { urls: turnUrls, ...turnCredentials({ name: userId ?? id, expiresAt }, turnSecret) }];
  };
}

function checkServer({ urls, username, credential }: IceServer): void {
  for (const url of [urls].flat()) {
    if (STUN.test(url)) continue;
    checkUrls([url], TURN, 'an ICE server URL looks like stun:example.org or turn:example.org');
    if (!username || !credential) throw new Error(`ICE server ${url} needs username and credential`);
  }
}

function checkUrls(urls: readonly string[], pattern: RegExp, hint: string): void {
  const wrong = urls.find((url) => !pattern.test(url));
  if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong)} is no ICE server URL: ${hint}`);
}
