import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/** An address that media listens on, and what clients are told instead where the two differ (NAT). */
export interface ListenAddress {
  ip: string;
  announcedAddress?: string;
}

export interface ListenOptions {
  listenIp?: string | undefined;
  announcedAddress?: string | undefined;
}

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** RFC 1918, RFC 6598 (carrier NAT), RFC 3927 and RFC 4193/4291: not routed on the internet. */
const notPublic = new BlockList();
notPublic.addSubnet('10.0.0.0', 8);
notPublic.addSubnet('172.16.0.0', 12);
notPublic.addSubnet('192.168.0.0', 16);
notPublic.addSubnet('100.64.0.0', 10);
notPublic.addSubnet('169.254.0.0', 16);
notPublic.addSubnet('fc00::', 7, 'ipv6');
notPublic.addSubnet('fe80::', 10, 'ipv6');

const family = (ip: string) => (isIPv6(ip) ? 'ipv6' : 'ipv4');
const isLoopback = (ip: string) => loopback.check(ip, family(ip));
const isPrivate = (ip: string) => notPublic.check(ip, family(ip));
const isUnspecified = (ip: string) => ip === '0.0.0.0' || ip === '::';

/** Bridges and virtual switches: reachable from this machine only. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|cni|flannel|cali|lxc)/;

/**
 * The addresses to listen on. Without `listenIp` these are the machine's own, one IPv4 and one IPv6: a socket on
 * 0.0.0.0 may answer from another address than the one it was asked on, and browsers drop such answers.
 */
export function listenAddresses(options: ListenOptions, interfaces: Interfaces): ListenAddress[] {
  const { listenIp, announcedAddress } = options;
  const announced = announcedAddress === undefined ? {} : { announcedAddress };
  if (listenIp !== undefined && !isUnspecified(listenIp)) return [{ ip: listenIp, ...announced }];

  const own = Object.entries(interfaces)
    .filter(([name]) => !VIRTUAL.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  if (announcedAddress !== undefined) {
    if (own.some(({ address }) => address === announcedAddress)) return [{ ip: announcedAddress }];
    return [{ ip: isIPv6(announcedAddress) ? '::' : '0.0.0.0', announcedAddress }];
  }
  const v4 = listenIp === '::' ? undefined : own.find((address) => address.family === 'IPv4');
  const v6 = own.find((address) => address.family === 'IPv6');
  const found = [v4, v6].filter((address) => address !== undefined).map(({ address }) => ({ ip: address }));
  return found.length > 0 ? found : [{ ip: '127.0.0.1' }];
}

/** Why clients may not reach the media, one sentence each, with the way out. Empty: nothing suspicious. */
export async function reachWarnings(
  addresses: readonly ListenAddress[],
  resolve: (host: string) => Promise<unknown> = lookup,
): Promise<string[]> {
  const warnings: string[] = [];
  const told = addresses.map(({ ip, announcedAddress }) => announcedAddress ?? ip);
  if (addresses.some(({ announcedAddress }) => announcedAddress === undefined)) {
    const reachable = told.filter((ip) => !isLoopback(ip) && !isPrivate(ip));
    if (reachable.length > 0) return [];
    const ip = told[0] ?? '';
    return isLoopback(ip)
      ? [`media listens on ${ip}: only clients on this machine can connect; set listenIp (PARLOR_LISTEN_IP)`]
      : [
          `media listens on ${ip}, a private address: clients outside this network cannot connect; ` +
            'set announcedAddress (PARLOR_ANNOUNCED_ADDRESS) to the public one',
        ];
  }
  for (const address of told) {
    if (isIP(address) === 0) {
      try {
        await resolve(address);
      } catch {
        warnings.push(
          `announcedAddress ${address} does not resolve: clients cannot connect; set PARLOR_ANNOUNCED_ADDRESS to a public name or IP address`,
        );
      }
    } else if (isUnspecified(address)) {
      warnings.push(
        `announcedAddress ${address} is no address that a client can connect to; set PARLOR_ANNOUNCED_ADDRESS`,
      );
    } else if (isLoopback(address)) {
      warnings.push(
        `announcedAddress ${address} is this machine: nobody else can connect; set PARLOR_ANNOUNCED_ADDRESS`,
      );
    } else if (isPrivate(address)) {
      warnings.push(
        `announcedAddress ${address} is private: clients outside this network cannot connect; set PARLOR_ANNOUNCED_ADDRESS`,
      );
    }
  }
  return warnings;
}
