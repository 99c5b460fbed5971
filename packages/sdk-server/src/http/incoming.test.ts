import fc from 'fast-check';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { incomingHeaders, incomingUrl } from './incoming.js';

function incoming(url: string, host?: string): IncomingMessage {
  const req = new IncomingMessage(new Socket());
  req.url = url;
  if (host !== undefined) req.headers.host = host;
  return req;
}

describe('incomingUrl', () => {
  it.each([
    ['/rooms/1?a=b', 'example.test:3000', 'http://example.test:3000/rooms/1?a=b'],
    ['/x', undefined, 'http://localhost/x'],
    ['/x', '[::1]:80', 'http://[::1]/x'],
    ['/x', 'evil.test/path?', 'http://localhost/x'],
    ['/x', 'a:99999', 'http://localhost/x'],
    ['/x', 'user@evil.test', 'http://localhost/x'],
    ['//evil.test/x', 'example.test', 'http://example.test//evil.test/x'],
    ['http://other.test/x?y=1', 'example.test', 'http://example.test/x?y=1'],
    ['*', 'example.test', 'http://example.test/*'],
    ['', 'example.test', 'http://example.test/'],
  ])('reads %s with Host %s', (url, host, expected) => {
    expect(incomingUrl(incoming(url, host)).href).toBe(expected);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (url, host) => {
        expect(incomingUrl(incoming(url, host))).toBeInstanceOf(URL);
      }),
    );
  });
});

describe('incomingHeaders', () => {
  it('keeps repeated headers and drops pseudo headers', () => {
    const req = incoming('/');
    req.rawHeaders = ['Accept', 'a', ':path', '/', 'accept', 'b'];
    expect([...incomingHeaders(req)]).toEqual([['accept', 'a, b']]);
  });
});
