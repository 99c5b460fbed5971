import { describe, expect, it } from 'vitest';
import { clientAddress } from './clientAddress.js';

const forwarded = (value?: string) => new Headers(value === undefined ? {} : { 'x-forwarded-for': value });

describe('clientAddress', () => {
  it('is that of the socket where no proxy is trusted', () => {
    const hop = { remoteAddress: '192.0.2.7', trustedProxies: 0 };
    expect(clientAddress(forwarded('198.51.100.1'), hop)).toBe('192.0.2.7');
    expect(clientAddress(forwarded(), { ...hop, remoteAddress: undefined })).toBeUndefined();
  });

  it('is what the outermost trusted proxy has seen, not what the client claims', () => {
    const claims = forwarded('1.1.1.1, 198.51.100.1, 10.0.0.2');
    const hop = { remoteAddress: '10.0.0.3' };
    expect(clientAddress(claims, { ...hop, trustedProxies: 1 })).toBe('10.0.0.2');
    expect(clientAddress(claims, { ...hop, trustedProxies: 2 })).toBe('198.51.100.1');
    expect(clientAddress(forwarded('2001:db8::1'), { ...hop, trustedProxies: 1 })).toBe('2001:db8::1');
  });

  it.each([undefined, '', 'unknown', 'a, b'])('is that of the socket when the proxies say %j', (value) => {
    expect(clientAddress(forwarded(value), { remoteAddress: '10.0.0.3', trustedProxies: 2 })).toBe(
      '10.0.0.3',
    );
  });

  it('is an IPv4 address where one came in over IPv6', () => {
    expect(clientAddress(forwarded(), { remoteAddress: '::ffff:192.0.2.7', trustedProxies: 0 })).toBe(
      '192.0.2.7',
    );
  });
});
