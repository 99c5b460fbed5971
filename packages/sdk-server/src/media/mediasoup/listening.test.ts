import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { listenAddresses, reachWarnings } from './listening.js';

const address = (ip: string, internal = false): NetworkInterfaceInfo =>
  ip.includes(':')
    ? { address: ip, family: 'IPv6', internal, netmask: '', mac: '', cidr: null, scopeid: 0 }
    : { address: ip, family: 'IPv4', internal, netmask: '', mac: '', cidr: null };

const interfaces = {
  lo: [address('127.0.0.1', true), address('::1', true)],
  docker0: [address('172.17.0.1')],
  eth0: [address('192.168.1.5'), address('fe80::1'), address('2001:db8::5')],
};

describe('listenAddresses', () => {
  test("takes the machine's own IPv4 and IPv6, past bridges and link-local addresses", () => {
    expect(listenAddresses({}, interfaces)).toEqual([{ ip: '192.168.1.5' }, { ip: '2001:db8::5' }]);
    expect(listenAddresses({ listenIp: '0.0.0.0' }, interfaces)).toEqual(listenAddresses({}, interfaces));
    expect(listenAddresses({ listenIp: '::' }, interfaces)).toEqual([{ ip: '2001:db8::5' }]);
  });

  test('stays on this machine when there is no network', () => {
    expect(listenAddresses({}, { lo: interfaces.lo })).toEqual([{ ip: '127.0.0.1' }]);
  });

  test('listens everywhere behind a NAT, in the family of the announced address', () => {
    expect(listenAddresses({ announcedAddress: '203.0.113.9' }, interfaces)).toEqual([
      { ip: '0.0.0.0', announcedAddress: '203.0.113.9' },
    ]);
    expect(listenAddresses({ announcedAddress: '2001:db8::9' }, interfaces)).toEqual([
      { ip: '::', announcedAddress: '2001:db8::9' },
    ]);
  });

  test('listens on the announced address itself where the machine has it', () => {
    expect(listenAddresses({ announcedAddress: '192.168.1.5' }, interfaces)).toEqual([{ ip: '192.168.1.5' }]);
  });

  test('does as it is told', () => {
    expect(
      listenAddresses({ listenIp: '10.1.1.1', announcedAddress: 'sfu.example.com' }, interfaces),
    ).toEqual([{ ip: '10.1.1.1', announcedAddress: 'sfu.example.com' }]);
  });
});

describe('reachWarnings', () => {
  const known = () => Promise.resolve();
  test.each([
    [{ ip: '0.0.0.0', announcedAddress: '203.0.113.9' }],
    [{ ip: '203.0.113.9' }],
    [{ ip: '2001:db8::5' }],
    [{ ip: '0.0.0.0', announcedAddress: 'sfu.example.com' }],
  ])('is silent about %o', async (listen) => {
    expect(await reachWarnings([listen], known)).toEqual([]);
  });

  test('one public address is enough', async () => {
    expect(await reachWarnings([{ ip: '192.168.1.5' }, { ip: '2001:db8::5' }], known)).toEqual([]);
  });

  test.each([
    [
      { ip: '0.0.0.0', announcedAddress: '10.0.0.5' },
      'announcedAddress 10.0.0.5 is private: clients outside this network cannot connect; set PARLOR_ANNOUNCED_ADDRESS',
    ],
    [{ ip: '0.0.0.0', announcedAddress: '127.0.0.1' }, 'nobody else can connect'],
    [{ ip: '0.0.0.0', announcedAddress: '0.0.0.0' }, 'no address that a client can connect to'],
    [{ ip: '192.168.1.5' }, 'set announcedAddress (PARLOR_ANNOUNCED_ADDRESS)'],
    [{ ip: '100.64.0.1' }, 'a private address'],
    [{ ip: 'fd00::2' }, 'a private address'],
    [{ ip: '127.0.0.1' }, 'only clients on this machine'],
  ])('names the fix for %o', async (listen, text) => {
    expect((await reachWarnings([listen], known)).join()).toContain(text);
  });

  test('a name that does not resolve', async () => {
    const unknown = () => Promise.reject(new Error('ENOTFOUND'));
    const warnings = await reachWarnings([{ ip: '0.0.0.0', announcedAddress: 'nowhere.example' }], unknown);
    expect(warnings.join()).toContain('does not resolve');
  });
});
