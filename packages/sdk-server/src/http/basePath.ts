import { ParlorError } from '../errors.js';

/** Turns `rtc`, `/rtc` and `/rtc/` into `/rtc`; nothing and `/` into an empty string. */
export function normalizeBasePath(basePath = ''): string {
  const trimmed = basePath.replace(/^\/+|\/+$/g, '');
  if (trimmed === '') return '';
  if (/[?#\s]/.test(trimmed)) {
    throw new ParlorError(
      'BAD_REQUEST',
      `basePath must be a plain path like "/rtc", not ${JSON.stringify(basePath)}`,
    );
  }
  return `/${trimmed}`;
}

/** The URL as dialects see it, below the base path; null: outside of it. */
export function belowBasePath(url: URL, basePath: string): URL | null {
  if (basePath === '') return url;
  if (url.pathname !== basePath && !url.pathname.startsWith(`${basePath}/`)) return null;
  const below = new URL(url);
  below.pathname = url.pathname.slice(basePath.length) || '/';
  return below;
}
