import { describe, expect, it } from 'vitest';
import { parseTurnUrl } from './turnUrl.js';

describe('parseTurnUrl', () => {
  it.each([
    { url: 'turn:a.test', host: 'a.test', port: 3478, protocol: 'udp' },
    { url: 'turn:a.test:13478', host: 'a.test', port: 13_478, protocol: 'udp' },
    { url: 'turn:a.test?transport=udp', host: 'a.test', port: 3478, protocol: 'udp' },
    { url: 'turn:192.0.2.1:80?transport=tcp', host: '192.0.2.1', port: 80, protocol: 'tcp' },
    { url: 'turns:a.test', host: 'a.test', port: 5349, protocol: 'tls' },
    { url: 'turns:[2001:db8::1]:443?transport=tcp', host: '2001:db8::1', port: 443, protocol: 'tls' },
    { url: 'turn:[2001:db8::1]', host: '2001:db8::1', port: 3478, protocol: 'udp' },
    { url: 'turns:a.test?transport=udp', host: 'a.test', port: 5349, protocol: 'dtls' },
  ])('$url', ({ url, ...target }) => {
    expect(parseTurnUrl(url)).toEqual(target);
  });

  it('refuses what is no TURN URL', () => {
    expect(() => parseTurnUrl('turn://a.test')).toThrow(/turn:turn.example.org/);
  });
});
