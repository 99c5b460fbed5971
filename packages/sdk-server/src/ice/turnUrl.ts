import { isIPv6 } from 'node:net';

const HOST = String.raw`(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?`;
const STUN = new RegExp(`^stuns?:${HOST}$`);
const TURN = new RegExp(`^turns?:${HOST}(?:\\?transport=(?:udp|tcp))?$`);
const PARTS = /^(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/;

/** Where the TURN server of a URL listens. */
export interface TurnTarget {
  /** Name or address, IPv6 without brackets. */
  host: string;
  port: number;
  protocol: 'udp' | 'tcp' | 'tls' | 'dtls';
}

export const isStunUrl = (url: string): boolean => STUN.test(url);

/** @throws Error unless all are `stun:` or `stuns:` URLs (RFC 7064) */
export const checkStunUrls = (urls: readonly string[]): void => {
  check(urls, STUN, 'a STUN URL looks like stun:stun.example.org:3478');
};

/** @throws Error unless all are `turn:` or `turns:` URLs (RFC 7065) */
export const checkTurnUrls = (urls: readonly string[]): void => {
  check(urls, TURN, 'a TURN URL looks like turn:turn.example.org:3478?transport=udp');
};

/** The parts of a TURN URL, with the defaults of RFC 7065 §3.1: UDP, for `turns` TLS over TCP; 3478 and 5349. */
export function parseTurnUrl(url: string): TurnTarget {
  checkTurnUrls([url]);
  const [, scheme, host = '', port, transport] = PARTS.exec(url) ?? [];
  const secure = scheme === 'turns';
  const bare = host.replace(/^\[|\]$/g, '');
  const plain = transport ?? 'udp';
  return {
    host: isIPv6(bare) ? bare : host,
    port: port === undefined ? (secure ? 5349 : 3478) : Number(port),
    protocol: secure ? (transport === 'udp' ? 'dtls' : 'tls') : plain === 'tcp' ? 'tcp' : 'udp',
  };
}

function check(urls: readonly string[], pattern: RegExp, hint: string): void {
  const wrong = urls.find((url) => !pattern.test(url));
  if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong)} is no ICE server URL: ${hint}`);
}
