/** What pages of this server may do. */
export const PAGE_HEADERS = {
  'content-security-policy': [
    "default-src 'self'",
    // Not every browser counts WebSockets of the same origin as 'self'.
    "connect-src 'self' ws: wss:",
    "img-src 'self' data: blob:",
    "media-src 'self' blob: mediastream:",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'permissions-policy':
    'camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self), speaker-selection=(self)',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
