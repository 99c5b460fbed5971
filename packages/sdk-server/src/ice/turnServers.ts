import { BlockList, isIP } from 'node:net';
import type { TurnAccess } from './turnCredentials.js';
import { checkTurnUrls, parseTurnUrl, type TurnTarget } from './turnUrl.js';
import type { IceOptions, TurnServer } from './types.js';

/** A TURN server of the options, checked and taken apart. */
export interface KnownTurnServer {
  readonly urls: readonly string[];
  readonly targets: readonly TurnTarget[];
  readonly access: TurnAccess;
  readonly region: string | undefined;
  readonly weight: number;
  isCloseTo(address: string): boolean;
}

/**
 * All TURN servers of the options.
 *
 * @throws Error for options that cannot work; it names the fix
 */
export function turnServersOf(options: IceOptions): KnownTurnServer[] {
  const { turnUrls = [], turnServers = [], turnSecret } = options;
  checkTurnUrls(turnUrls);
  if (turnUrls.length > 0 && !turnSecret) {
    throw new Error('TURN URLs need ice.turnSecret, the "static-auth-secret" of the TURN server');
  }
  if (turnSecret && turnUrls.length + turnServers.length === 0) {
    throw new Error('a TURN secret is of no use without ice.turnUrls or ice.turnServers');
  }
  return [...byHost(turnUrls), ...turnServers].map((server) => known(server, turnSecret));
}

/** URLs of one host are one server: it lives and dies with all of them. */
function byHost(urls: readonly string[]): TurnServer[] {
  const hosts = new Map<string, string[]>();
  for (const url of urls) {
    const { host } = parseTurnUrl(url);
    hosts.set(host, [...(hosts.get(host) ?? []), url]);
  }
  return [...hosts.values()].map((ofHost) => ({ urls: ofHost }));
}

function known(server: TurnServer, turnSecret: string | undefined): KnownTurnServer {
  const urls = [server.urls].flat();
  if (urls.length === 0) throw new Error('each of ice.turnServers needs urls');
  const targets = urls.map(parseTurnUrl);
  const { weight = 1, region, networks = [] } = server;
  if (!(weight > 0 && Number.isFinite(weight))) {
    throw new Error(`the weight of TURN server ${urls.join(' ')} must be more than 0`);
  }
  const close = blockListOf(networks);
  return {
    urls,
    targets,
    region,
    weight,
    access: accessOf(server, { turnSecret, name: urls.join(' ') }),
    isCloseTo: (address) => {
      const family = isIP(address);
      return family !== 0 && close.check(address, family === 6 ? 'ipv6' : 'ipv4');
    },
  };
}

function accessOf(
  { secret, username, credential }: TurnServer,
  { turnSecret, name }: { turnSecret: string | undefined; name: string },
): TurnAccess {
  if (username && credential) {
    if (secret) {
      throw new Error(`TURN server ${name} has both a secret and static credentials: leave one out`);
    }
    return { username, credential };
  }
  if (username || credential) throw new Error(`TURN server ${name} needs both username and credential`);
  const shared = secret ?? turnSecret;
  if (!shared) {
    throw new Error(`TURN server ${name} needs a secret (or ice.turnSecret), or username and credential`);
  }
  return { secret: shared };
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/');
    const family = isIP(address);
    const bits = Number(prefix);
    if (family === 0 || !/^\d{1,3}$/.test(prefix) || bits > (family === 6 ? 128 : 32)) {
      throw new Error(
        `${JSON.stringify(network)} is no network: write it like 192.0.2.0/24 or 2001:db8::/32`,
      );
    }
    list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
