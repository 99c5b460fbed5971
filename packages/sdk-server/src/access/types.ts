import type { Grants } from '../core/types.js';

/** Who asks, and what they may do. */
export interface Authorization {
  /** The token's `sub`. */
  userId: string | undefined;
  /** The token's `name`: shown to others instead of what the client says of itself. */
  name: string | undefined;
  grants: Grants;
  /** Where the user is, in the words of `TurnServer.region`: the token's `region`. */
  region?: string | undefined;
  /** Until when one may join by it, milliseconds since 1970. Undefined: it is asked for each time. */
  expiresAt?: number | undefined;
}

export interface AccessScope {
  /** The room's id; `call:*`, the rooms of calls, where the action is `call`; `*` where it is `connect`. */
  room: string;
  /**
   * `call`: wait for calls of other users, and call them. `connect`: who is asking matters, not where. Asked by requests
   * of `/rtc` about what was joined before, and, where `attachPeerSignal` was told to, by connections over which rooms
   * are joined later, each with a `join` of its own.
   */
  action: 'join' | 'call' | 'connect';
}

/** The one check in front of every dialect. */
export interface Access {
  /** @throws UNAUTHORIZED, TOKEN_INVALID, TOKEN_EXPIRED, ROOM_NOT_ALLOWED, FORBIDDEN */
  authorize(request: Request, scope: AccessScope): Promise<Authorization>;
}

/** The host application's own decision instead of tokens. Throwing refuses with FORBIDDEN and the message. */
export type Authorize = (request: Request, scope: AccessScope) => AuthorizeResult | Promise<AuthorizeResult>;

/** Grants left out are the defaults: all but `moderate`. */
export type AuthorizeResult = Partial<Grants> & { userId?: string; name?: string; region?: string };

export interface AccessOptions {
  /** HS256 secret, at least 32 bytes (RFC 7518 §3.2). */
  jwtSecret?: string;
  /** Keys of an identity provider (RFC 7517). */
  jwksUrl?: string;
  /** Let clients in without a token. For development: everybody may then do everything but moderate. */
  allowAnonymous?: boolean;
  authorize?: Authorize;
}
