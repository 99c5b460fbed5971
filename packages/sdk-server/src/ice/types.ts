import type { IceServer } from '@parlor/protocol';

/** One TURN server (RFC 8656) with all its addresses, and how to log in there. */
export interface TurnServer {
  /** `turn:` and `turns:` URLs (RFC 7065) of this one server: UDP, TCP, TLS. */
  urls: string | readonly string[];
  /**
   * Shared secret for credentials that expire (TURN REST API, draft-uberti-behave-turn-rest-00 §2.2; coturn's
   * `static-auth-secret`). Default: `IceOptions.turnSecret`.
   */
  secret?: string | undefined;
  /** Static credentials instead, the same for everybody. */
  username?: string | undefined;
  credential?: string | undefined;
  /** Where it stands, in your own words (`eu`): peers of the same region get it first. */
  region?: string | undefined;
  /** Its share of the peers among servers that are equally good for them. Default 1. */
  weight?: number | undefined;
  /** Networks (`192.0.2.0/24`, `2001:db8::/32`) that it is close to: peers without a region are matched by address. */
  networks?: readonly string[] | undefined;
}

/** How TURN servers are watched: STUN binding requests (RFC 8489 §3), from this server. */
export interface TurnProbeOptions {
  /** Milliseconds from one answer to the next question. Default 10 000. */
  intervalMs?: number;
  /** Milliseconds from a question that was not answered to the next. Default 1000. */
  retryMs?: number;
  /** Milliseconds until a question counts as not answered. Default 3000. */
  timeoutMs?: number;
  /** Questions not answered, in a row, until a server is left out. Default 3. */
  failures?: number;
  /** Answers, in a row, until it is given out again. Default 2. */
  successes?: number;
}

export interface IceOptions {
  /** Given to every client as they are. */
  servers?: IceServer[];
  /** `stun:` URLs (RFC 7064). */
  stunUrls?: string[];
  /** `turn:` and `turns:` URLs (RFC 7065) that accept time-limited credentials; each host is a server of its own. */
  turnUrls?: string[];
  /** TURN servers with more to say about them: region, weight, static credentials. */
  turnServers?: TurnServer[];
  /** Shared secret of the TURN servers (TURN REST API, draft-uberti-behave-turn-rest-00 §2.2). */
  turnSecret?: string;
  /** How long a TURN credential is good for, seconds. Default 12 hours: a call must not lose its relay. */
  turnTtlSeconds?: number;
  /** How many TURN servers a peer is given, the best first: browsers ask all of them at once. Default 2. */
  turnServersPerPeer?: number;
  /** False: TURN servers are not watched, all of them count as alive. */
  turnProbe?: TurnProbeOptions | false;
}

/** Who asks for ICE servers. */
export interface IcePeer {
  id: string;
  userId: string | undefined;
  /** Of `TurnServer.region`. */
  region?: string | undefined;
  /** IP address of the client. */
  address?: string | undefined;
}

/** The ICE servers for one peer. */
export type IceServersFor = (peer: IcePeer) => IceServer[];
