import { ParlorError } from '../errors.js';

export interface Target {
  readonly url: string;
  readonly token: string | undefined;
  readonly roomId: string | undefined;
  readonly peerId: string;
}

const SOCKET_SCHEME: Record<string, string> = {
  'http:': 'ws:',
  'https:': 'wss:',
  'ws:': 'ws:',
  'wss:': 'wss:',
};

function parse(url: string, base: string | undefined): URL {
  try {
    return new URL(url, base);
  } catch (cause) {
    throw new ParlorError('INVALID_URL', `"${url}" is not a URL. Use wss://host or https://host.`, { cause });
  }
}

/** @throws ParlorError `INVALID_URL` */
export function parseSocketUrl(text: string, base?: string): URL {
  const url = parse(text, base);
  const scheme = SOCKET_SCHEME[url.protocol];
  if (!scheme)
    throw new ParlorError('INVALID_URL', `"${url.protocol}" cannot be joined. Use wss: or https:.`);
  url.protocol = scheme;
  url.hash = '';
  return url;
}

/**
 * The socket's URL, with room, peer and token in the query as the native protocol wants them.
 * @throws ParlorError `INVALID_URL`
 */
export function socketUrl(target: Target, base?: string): { url: string; roomId: string } {
  const url = parseSocketUrl(target.url, base);
  const roomId = target.roomId ?? url.searchParams.get('roomId') ?? '';
  if (roomId === '') {
    throw new ParlorError('INVALID_URL', 'No room. Pass { room } to connect, or ?roomId= in the URL.');
  }
  url.searchParams.set('roomId', roomId);
  url.searchParams.set('peerId', target.peerId);
  if (target.token !== undefined && target.token !== '') url.searchParams.set('token', target.token);
  return { url: url.href, roomId };
}

/** The socket's URL for who was in the room before, and may come back although the token has expired. */
export function returnUrl(socket: string, resumeToken: string | undefined): string {
  const url = new URL(socket);
  if (resumeToken !== undefined) url.searchParams.set('resumeToken', resumeToken);
  return url.href;
}

/** The same address for a plain request. */
export const httpUrl = (socket: string): string => socket.replace(/^ws/, 'http');
