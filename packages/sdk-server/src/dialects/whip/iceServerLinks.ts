import type { IceServer } from '@parlor/protocol';

/** ICE servers as values of `Link` header fields, one a URL (RFC 9725 §4.6). */
export function iceServerLinks(servers: readonly IceServer[]): string[] {
  return servers.flatMap(({ urls, username, credential }) =>
    [urls].flat().map((url) => {
      const attributes = ['rel="ice-server"'];
      if (username !== undefined && credential !== undefined) {
        attributes.push(
          attribute('username', username),
          attribute('credential', credential),
          'credential-type="password"',
        );
      }
      return [`<${encodeURI(decoded(url))}>`, ...attributes].join('; ');
    }),
  );
}

/** A target attribute (RFC 8288 §3.4.2): user names may hold what a quoted string cannot (RFC 8187). */
function attribute(name: string, value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
  return `${name}*=UTF-8''${encodeURIComponent(value).replace(/['()*]/g, percent)}`;
}

const percent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** What is escaped already stays as it is. */
function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
