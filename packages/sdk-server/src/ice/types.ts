import type { IceServer } from '@parlor/protocol';

export interface IceOptions {
  /** Given to every client as they are. */
  servers?: IceServer[];
  /** `stun:` URLs (RFC 7064). */
  stunUrls?: string[];
  /** `turn:` and `turns:` URLs (RFC 7065) that accept time-limited credentials. */
  turnUrls?: string[];
  /** Shared secret of the TURN servers (TURN REST API, draft-uberti-behave-turn-rest-00 §2.2). */
  turnSecret?: string;
  /** How long a TURN credential is good for, seconds. Default 12 hours: a call must not lose its relay. */
  turnTtlSeconds?: number;
}

/** The ICE servers for one peer. */
export type IceServersFor = (peer: { id: string; userId: string | undefined }) => IceServer[];
