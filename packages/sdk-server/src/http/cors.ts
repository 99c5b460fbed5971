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

export function preflightResponse(request: Request, method: string): Response {
  const headers = new Headers({
    ...EVERYONE,
    'access-control-allow-methods': method,
    'access-control-max-age': '86400',
    vary: 'Access-Control-Request-Method, Access-Control-Request-Headers',
  });
  // `*` would leave out Authorization (Fetch §3.2.5), so the names are given back.
  const asked = request.headers.get('access-control-request-headers');
  if (asked) headers.set('access-control-allow-headers', asked);
  return new Response(null, { status: 204, headers });
}
