import { parseSocketUrl } from '../signaling/url.js';

export interface CallsTarget {
  readonly url: string;
  readonly token: string | undefined;
  readonly userId: string | undefined;
}

/**
 * The socket's URL for calls. `url` is that of the server, as `room.connect` takes it: a path `/ws` at its end
 * is that of rooms and is left out.
 * @throws ParlorError `INVALID_URL`
 */
export function callsUrl({ url: text, token, userId }: CallsTarget, base?: string): string {
  const url = parseSocketUrl(text, base);
  url.pathname = `${url.pathname.replace(/\/(ws)?$/, '')}/calls`;
  if (userId !== undefined && userId !== '') url.searchParams.set('userId', userId);
  if (token !== undefined && token !== '') url.searchParams.set('token', token);
  return url.href;
}

/** The server's URL with the ticket to the room of a call. @throws ParlorError `INVALID_URL` */
export function ticketUrl(text: string, ticket: string, base?: string): string {
  const url = parseSocketUrl(text, base);
  url.searchParams.set('ticket', ticket);
  return url.href;
}
