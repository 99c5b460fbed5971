/**
 * Any page may call Parlor: it reads no cookies, what a caller may do stands in the token that it sends along.
 * (W3C Fetch §3.2)
 */
const EVERYONE = { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' };

/** The same response, readable for pages of any origin. */
export function readableByAll(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(EVERYONE)) {
    if (!headers.has(name)) headers.set(name, value);
  }
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** The method that a preflight asks for; null: the request is none. */
export function preflightMethod(request: Request): string | null {
  if (request.method !== 'OPTIONS' || !request.headers.has('origin')) return null;
  return request.headers.get('access-control-request-method');
}

/** What a preflight may say of the address besides: which media types it takes (RFC 5789 §3.1, W3C LDP §7.1). */
const TOLD_IN_ADVANCE = ['accept-patch', 'accept-post'];

/** `present`: what a GET of the address is answered. */
export function preflightResponse(
  request: Request,
  { method, present }: { method: string; present: Response },
): Response {
  const headers = new Headers({
    ...EVERYONE,
    'access-control-allow-methods': method,
    'access-control-max-age': '86400',
    vary: 'Access-Control-Request-Method, Access-Control-Request-Headers',
  });
  for (const name of TOLD_IN_ADVANCE) {
    const value = present.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  // `*` would leave out Authorization (Fetch §3.2.5), so the names are given back.
  const asked = request.headers.get('access-control-request-headers');
  if (asked) headers.set('access-control-allow-headers', asked);
  return new Response(null, { status: 204, headers });
}
