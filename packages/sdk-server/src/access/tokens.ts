import { DisplayName } from '@parlor/protocol';
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
  type JWTPayload,
  type JWTVerifyOptions,
  type ProtectedHeaderParameters,
} from 'jose';
import { z } from 'zod';
import { ParlorError } from '../errors.js';
import { GrantsClaim } from './grants.js';
import { isSignedHs256 } from './hs256.js';

/** What a token says. */
const Claims = z.object({
  /** The user's id. */
  sub: z.string().min(1).max(256).optional(),
  /** The name that others see. */
  name: DisplayName.optional(),
  /** Ids of the rooms that it opens; `*` stands for any text. Absent: all. */
  rooms: z.array(z.string().max(256)).max(1000).optional(),
  can: GrantsClaim.optional(),
  /** Where the user is: TURN servers of this region come first. */
  region: z.string().min(1).max(64).optional(),
});
export type TokenClaims = z.infer<typeof Claims>;
const VerifiedClaims = Claims.extend({ exp: z.number() });

export interface TokenKeys {
  /** HS256 secret. */
  secret?: string | undefined;
  /** Where the public keys are. */
  jwksUrl?: string | undefined;
}

/** What a token says, and until when: seconds since 1970. */
export type VerifyToken = (token: string) => Promise<TokenClaims & { exp: number }>;

/** RFC 7518 §3.2: the key of HS256 has at least the size of the hash. */
export const MIN_SECRET_BYTES = 32;
const MAX_TOKEN_LENGTH = 8192;
const DEFAULT_TTL_SECONDS = 6 * 60 * 60;
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];
/** Clocks of two servers are never quite the same; seconds. */
const CLOCK_TOLERANCE = 5;

/** @throws Error when the secret is too short; `name`: what it is called then */
export function secretKey(secret: string, name = 'JWT secret'): Uint8Array<ArrayBuffer> {
  const key = new TextEncoder().encode(secret);
  if (key.length >= MIN_SECRET_BYTES) return key;
  throw new Error(
    `the ${name} has ${String(key.length)} bytes, HS256 needs at least ${String(MIN_SECRET_BYTES)}: ` +
      'make one with "openssl rand -base64 48"',
  );
}

/**
 * Signs a token (HS256) for a client. Call it where the secret may be: on your server, for a user that you know.
 *
 * @param options.ttlSeconds How long one may join with it; who is in stays in. Default 6 hours.
 */
export async function createToken(
  claims: TokenClaims,
  secret: string,
  { ttlSeconds = DEFAULT_TTL_SECONDS }: { ttlSeconds?: number } = {},
): Promise<string> {
  if (!(ttlSeconds > 0)) throw new Error(`ttlSeconds must be more than 0, not ${String(ttlSeconds)}`);
  const now = Math.floor(Date.now() / 1000);
  // The same check as for whoever shows the token, so that a wrong claim is found by its author.
  return new SignJWT(Claims.parse(claims) as JWTPayload)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(now)
    .setExpirationTime(now + Math.ceil(ttlSeconds))
    .sign(secretKey(secret));
}

/**
 * Checks signature, expiry and shape of tokens. Which key counts follows from the algorithm, and each key takes
 * its own algorithms only (RFC 8725 §3.1).
 *
 * @returns a function that throws TOKEN_INVALID and TOKEN_EXPIRED
 */
export function tokenVerifier({ secret, jwksUrl }: TokenKeys): VerifyToken {
  const key = secret === undefined ? undefined : secretKey(secret);
  const keySet = jwksUrl === undefined ? undefined : createRemoteJWKSet(new URL(jwksUrl));

  return async (token) => {
    try {
      if (token.length > MAX_TOKEN_LENGTH) throw new ParlorError('TOKEN_INVALID', 'the token is too long');
      const { alg, crit } = headerOf(token);
      if (alg === 'HS256' && key) {
        // RFC 7515 §4.1.11: who does not know an extension that must be understood refuses the token.
        if (crit !== undefined) throw new errors.JOSENotSupported('extensions are not supported');
        return claimsOf(verifyHs256(token, key));
      }
      if (keySet) {
        const { payload } = await jwtVerify(token, keySet, {
          ...VERIFY_OPTIONS,
          algorithms: PUBLIC_KEY_ALGORITHMS,
        });
        return claimsOf(payload);
      }
      throw new ParlorError(
        'TOKEN_INVALID',
        key
          ? 'the token must be signed with HS256'
          : 'this server has no key to check tokens with: send none',
      );
    } catch (error) {
      throw tokenError(error);
    }
  };
}

const VERIFY_OPTIONS = {
  clockTolerance: CLOCK_TOLERANCE,
  requiredClaims: ['exp'],
} satisfies JWTVerifyOptions;

/** The claims of a token with our own signature; what they have to say is left to jose, without the signature. */
function verifyHs256(token: string, key: Uint8Array): JWTPayload {
  const [, claims, signature, ...more] = token.split('.');
  if (claims === undefined || signature === undefined || more.length > 0) throw new errors.JWTInvalid();
  if (!isSignedHs256(token, key)) throw new errors.JWSSignatureVerificationFailed();
  return UnsecuredJWT.decode(`${UNSIGNED_HEADER}.${claims}.`, VERIFY_OPTIONS).payload;
}

/** RFC 7519 §6. */
const UNSIGNED_HEADER = Buffer.from('{"alg":"none"}').toString('base64url');

function claimsOf(payload: JWTPayload): TokenClaims & { exp: number } {
  const parsed = VerifiedClaims.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ParlorError(
    'TOKEN_INVALID',
    `the token's claim ${issue?.path.join('.') ?? ''} is wrong: ${issue?.message ?? 'invalid'}`,
  );
}

/** What was wrong with a token; anything else (a key server that is down) stays what it is. */
function tokenError(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) {
    return new ParlorError('TOKEN_EXPIRED', 'the token has expired: get a new one');
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const message =
      error.claim === 'exp'
        ? 'the token never expires: sign it with an exp claim'
        : error.claim === 'nbf'
          ? 'the token is not valid yet'
          : `the token's claim ${error.claim} is wrong`;
    return new ParlorError('TOKEN_INVALID', message);
  }
  const isTokensFault = error instanceof errors.JOSEError && !SERVERS_FAULT.has(error.code);
  return isTokensFault ? new ParlorError('TOKEN_INVALID', 'the token is not valid', { cause: error }) : error;
}

function headerOf(token: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(token);
  } catch (cause) {
    throw new ParlorError('TOKEN_INVALID', 'this is not a token', { cause });
  }
}

/** Codes of jose that speak of the key server: no answer, or one that makes no sense. */
const SERVERS_FAULT = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);
