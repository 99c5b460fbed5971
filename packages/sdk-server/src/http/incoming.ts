import type { IncomingMessage } from 'node:http';

const HOST = /^[\w.\-:[\]]+$/;

/**
 * The URL that a Node request asks for. What a client may write there is anything: an absolute URL (RFC 9112
 * §3.2.2), `*`, a Host that is none. The host part is informative only; nothing may be decided by it.
 */
export function incomingUrl(req: IncomingMessage & { originalUrl?: string }): URL {
  const scheme = 'encrypted' in req.socket && req.socket.encrypted ? 'https' : 'http';
  // Express shortens `url` for what is mounted below a path.
  const target = req.originalUrl ?? req.url ?? '/';
  const path = target.startsWith('/') ? target : `/${pathOfAbsolute(target)}`;
  const host = req.headers.host ?? '';
  const wanted = `${scheme}://${HOST.test(host) ? host : 'localhost'}${path}`;
  return new URL(URL.canParse(wanted) ? wanted : `${scheme}://localhost${path}`);
}

function pathOfAbsolute(target: string): string {
  if (!URL.canParse(target)) return target;
  const { pathname, search } = new URL(target);
  return pathname.slice(1) + search;
}

/** The headers of a Node request, repeated ones kept. */
export function incomingHeaders(req: IncomingMessage): Headers {
  const headers = new Headers();
  const raw = req.rawHeaders;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    // Pseudo headers of HTTP/2 (RFC 9113 §8.3) are not header fields.
    if (!name.startsWith(':')) headers.append(name, raw[i + 1] ?? '');
  }
  return headers;
}
