import { isParlorError, ParlorError } from '../errors.js';
import { grantsOf, matchesRoom } from './grants.js';
import { tokenVerifier, type VerifyToken } from './tokens.js';
import type { Access, AccessOptions, AccessScope, Authorization, Authorize } from './types.js';

/**
 * The check in front of every dialect, by the host application's `authorize` or by tokens.
 *
 * @throws Error for options under which nobody could come in, or that are not safe; it names the fix
 */
export function createAccess(options: AccessOptions): Access {
  const { jwtSecret, jwksUrl, authorize, allowAnonymous = false } = options;
  if (authorize) return { authorize: (request, scope) => decide(authorize, request, scope) };
  if (jwtSecret === undefined && jwksUrl === undefined && !allowAnonymous) {
    throw new Error(
      'nobody could join: give access.jwtSecret, access.jwksUrl or access.authorize ' +
        '(for development access.allowAnonymous)',
    );
  }
  if (jwksUrl !== undefined) checkJwksUrl(jwksUrl);
  const verify = tokenVerifier({ secret: jwtSecret, jwksUrl });
  return {
    async authorize(request, scope) {
      const token = tokenOf(request);
      if (token !== undefined) return byToken(verify, token, scope);
      if (allowAnonymous) return { userId: undefined, name: undefined, grants: grantsOf() };
      throw new ParlorError(
        'UNAUTHORIZED',
        'send a token: "Authorization: Bearer <token>" or "?token=<token>"',
      );
    },
  };
}

async function byToken(
  verify: VerifyToken,
  token: string,
  { room, action }: AccessScope,
): Promise<Authorization> {
  const { sub, name, rooms, can, region, exp } = await verify(token);
  // Which rooms, is asked when they are joined.
  const opens = action === 'connect' || (rooms?.some((pattern) => matchesRoom(pattern, room)) ?? true);
  if (!opens) {
    throw new ParlorError('ROOM_NOT_ALLOWED', `the token does not open room ${room}`);
  }
  return { userId: sub, name, grants: grantsOf(can), region, expiresAt: exp * 1000 };
}

/** RFC 6750 §2.1; the query is for browsers, whose WebSockets cannot send headers. */
export function tokenOf(request: Request): string | undefined {
  const header = request.headers.get('authorization') ?? '';
  const bearer = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  return bearer ?? new URL(request.url).searchParams.get('token') ?? undefined;
}

async function decide(authorize: Authorize, request: Request, scope: AccessScope): Promise<Authorization> {
  let result: Awaited<ReturnType<Authorize>> | null | undefined | false;
  try {
    result = await authorize(request, scope);
  } catch (error) {
    if (isParlorError(error)) throw error;
    throw new ParlorError('FORBIDDEN', error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
  // Plain JavaScript may say no by returning nothing.
  if (!result) throw new ParlorError('FORBIDDEN', 'you may not enter this room');
  return { userId: result.userId, name: result.name, grants: grantsOf(result), region: result.region };
}

function checkJwksUrl(jwksUrl: string): void {
  const url = URL.canParse(jwksUrl) ? new URL(jwksUrl) : undefined;
  const isLocal = url && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return;
  throw new Error(`the JWKS URL must be an https:// address, not ${JSON.stringify(jwksUrl)}`);
}
