import { describe, expect, it } from 'vitest';
import { createIceServers } from './iceServers.js';
import { FakeNetwork } from './testing/FakeNetwork.js';
import { ManualClock } from './testing/ManualClock.js';
import { turnCredentials } from './turnCredentials.js';
import type { IceOptions, IcePeer } from './types.js';

const alice: IcePeer = { id: 'peer-1', userId: 'alice' };

const serversFor = (options: IceOptions, now = 0) =>
  createIceServers(options, { clock: new ManualClock(now) }).serversFor;

describe('TURN credentials', () => {
  // openssl dgst -sha1 -hmac <secret> -binary | base64
  it('are what openssl makes of them', () => {
    expect(turnCredentials({ name: 'alice', expiresAt: 1433895918 }, 'north')).toEqual({
      username: '1433895918:alice',
      credential: 'RqMvcGPYTJMGThVLSi4amT4zFtI=',
    });
    expect(turnCredentials({ name: 'ä b', expiresAt: 0 }, 'geheim')).toEqual({
      username: '0:ä b',
      credential: 'inZnoAVHYe09RZDk1U6bjykNOLo=',
    });
  });
});

describe('createIceServers', () => {
  it('gives nothing by default', () => {
    expect(serversFor({})(alice)).toEqual([]);
  });

  it('gives static servers, STUN, and TURN made for the peer, one entry a host', () => {
    const servers = [{ urls: 'turn:old.test', username: 'u', credential: 'p' }];
    const options = {
      servers,
      stunUrls: ['stun:stun.test'],
      turnUrls: [
        'turn:turn.test:3478?transport=udp',
        'turns:[2001:db8::1]:443?transport=tcp',
        'turns:turn.test:443?transport=tcp',
      ],
      turnSecret: 'north',
      turnTtlSeconds: 918,
    };
    const iceServers = serversFor(options, 1_433_895_000_000);
    const credentials = { username: '1433895918:alice', credential: 'RqMvcGPYTJMGThVLSi4amT4zFtI=' };
    expect(iceServers(alice)).toEqual([
      ...servers,
      { urls: ['stun:stun.test'] },
      { urls: ['turn:turn.test:3478?transport=udp', 'turns:turn.test:443?transport=tcp'], ...credentials },
      { urls: ['turns:[2001:db8::1]:443?transport=tcp'], ...credentials },
    ]);
    expect(iceServers({ id: 'peer-1', userId: undefined })[2]?.username).toBe('1433895918:peer-1');
  });

  it('gives credentials for twelve hours by default', () => {
    const [server] = serversFor({ turnUrls: ['turn:t'], turnSecret: 's' }, 1_000_000)(alice);
    expect(server?.username).toBe(`${String(1000 + 12 * 3600)}:alice`);
  });

  it('makes credentials from the secret of each server, or gives the static ones', () => {
    const turnServers = [
      { urls: 'turn:shared.test' },
      { urls: 'turn:own.test', secret: 'north' },
      { urls: ['turn:static.test'], username: 'u', credential: 'p' },
    ];
    const options = { turnServers, turnSecret: 'geheim', turnTtlSeconds: 918, turnServersPerPeer: 3 };
    const given = serversFor(options, 1_433_895_000_000)(alice);
    expect(given).toHaveLength(3);
    expect(given).toEqual(
      expect.arrayContaining([
        {
          urls: ['turn:shared.test'],
          ...turnCredentials({ name: 'alice', expiresAt: 1433895918 }, 'geheim'),
        },
        { urls: ['turn:own.test'], username: '1433895918:alice', credential: 'RqMvcGPYTJMGThVLSi4amT4zFtI=' },
        { urls: ['turn:static.test'], username: 'u', credential: 'p' },
      ]),
    );
  });

  it('shares peers out by weight, with the next best in reserve', () => {
    const iceServers = serversFor({
      turnServers: [
        { urls: 'turn:small.test' },
        { urls: 'turn:big.test', weight: 3 },
        { urls: 'turn:tiny.test', weight: 0.001 },
      ],
      turnSecret: 's',
    });
    const counts: Record<string, number> = {};
    for (let i = 0; i < 40; i += 1) {
      const given = iceServers(alice).map(({ urls }) => String(urls));
      expect(given).toHaveLength(2);
      counts[given[0] ?? ''] = (counts[given[0] ?? ''] ?? 0) + 1;
    }
    expect(counts).toEqual({ 'turn:small.test': 10, 'turn:big.test': 30 });
  });

  it('gives the server of the region, or of the network of the client, first', () => {
    const turnServers = [
      { urls: 'turn:us.test', region: 'us', networks: ['198.51.100.0/24'] },
      { urls: 'turn:eu.test', region: 'eu', networks: ['192.0.2.0/25', '2001:db8::/32'] },
    ];
    const iceServers = serversFor({ turnServers, turnSecret: 's' });
    const first = (peer: Partial<IcePeer>) => iceServers({ ...alice, ...peer })[0]?.urls;
    for (let i = 0; i < 3; i += 1) {
      expect(first({ region: 'eu' })).toEqual(['turn:eu.test']);
      expect(first({ address: '192.0.2.1' })).toEqual(['turn:eu.test']);
      expect(first({ address: '2001:db8:7::1' })).toEqual(['turn:eu.test']);
    }
    expect(first({ region: 'us', address: '192.0.2.1' })).toEqual(['turn:us.test']);
    expect(first({ address: 'not an address' })).toEqual(['turn:us.test']);
  });

  it.each<[IceOptions, RegExp]>([
    [{ stunUrls: ['stun.example.org'] }, /"stun.example.org".*stun:stun.example.org/],
    [{ stunUrls: ['http://stun.example.org'] }, /STUN URL/],
    [{ turnUrls: ['stun:example.org'], turnSecret: 's' }, /TURN URL/],
    [{ turnUrls: ['turn:example.org?transport=sctp'], turnSecret: 's' }, /transport=udp/],
    [{ turnUrls: ['turn:example.org'] }, /turnSecret/],
    [{ turnSecret: 's' }, /turnUrls/],
    [{ turnUrls: ['turn:t'], turnSecret: 's', turnTtlSeconds: 0 }, /turnTtlSeconds/],
    [{ turnServersPerPeer: 0 }, /turnServersPerPeer/],
    [{ turnProbe: { timeoutMs: 0 } }, /turnProbe.timeoutMs/],
    [{ servers: [{ urls: 'turn:example.org' }] }, /username and credential/],
    [{ servers: [{ urls: ['stun:a', 'b'] }] }, /"b"/],
    [{ turnServers: [{ urls: [] }] }, /needs urls/],
    [{ turnServers: [{ urls: 'turn:t' }] }, /turn:t needs a secret/],
    [{ turnServers: [{ urls: 'turn:t', username: 'u' }] }, /turn:t needs both/],
    [{ turnServers: [{ urls: 'turn:t', username: 'u', credential: 'p', secret: 's' }] }, /turn:t has both/],
    [{ turnServers: [{ urls: 'turn:t', secret: 's', weight: -1 }] }, /weight of TURN server turn:t/],
    [{ turnServers: [{ urls: 'turn:t', secret: 's', networks: ['192.0.2.1'] }] }, /192.0.2.0\/24/],
    [{ turnServers: [{ urls: 'turn:t', secret: 's', networks: ['192.0.2.0/33'] }] }, /no network/],
  ])('refuses %j', (options, message) => {
    expect(() => createIceServers(options)).toThrow(message);
  });
});

describe('with the watch', () => {
  function watched(options: Partial<IceOptions> = {}) {
    const clock = new ManualClock();
    const network = new FakeNetwork();
    const lines: { level: string; fields: object; message: string }[] = [];
    const log = (level: string) => (fields: object, message: string) => {
      lines.push({ level, fields, message });
    };
    const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
    const ice = createIceServers(
      { turnUrls: ['turn:a.test', 'turn:b.test'], turnSecret: 's', ...options },
      { clock, logger, probe: network.probe },
    );
    const given = () => ice.serversFor(alice).map(({ urls }) => String(urls));
    return { clock, network, lines, ice, given };
  }

  it('leaves a dead server out and takes it back', async () => {
    const { clock, network, lines, ice, given } = watched();
    network.set('a.test udp 3478', 'refused');
    network.set('b.test udp 3478', 20);
    ice.start();
    await clock.pass(1000);
    expect(given().sort()).toEqual(['turn:a.test', 'turn:b.test']);
    await clock.pass(1000);
    expect(given()).toEqual(['turn:b.test']);
    expect(lines).toEqual([
      {
        level: 'warn',
        fields: { turnServer: 'turn:a.test', reason: 'a.test udp 3478: ECONNREFUSED' },
        message: 'TURN server does not answer: it is left out',
      },
    ]);

    network.set('a.test udp 3478', 20);
    await clock.pass(1000);
    expect(given()).toEqual(['turn:b.test']);
    await clock.pass(10_000);
    expect(given().sort()).toEqual(['turn:a.test', 'turn:b.test']);
    expect(lines[1]).toMatchObject({ level: 'info', fields: { turnServer: 'turn:a.test' } });
  });

  it('gives the nearer one first, as measured', async () => {
    const { clock, network, ice, given } = watched();
    network.set('a.test udp 3478', 120);
    network.set('b.test udp 3478', 20);
    ice.start();
    await clock.pass(0);
    for (let i = 0; i < 3; i += 1) expect(given()).toEqual(['turn:b.test', 'turn:a.test']);
    ice.close();
  });

  it('gives all when all are dead, and says what to do, once', async () => {
    const { clock, lines, ice, given } = watched({ turnServersPerPeer: 1 });
    ice.start();
    await clock.pass(60_000);
    expect(given()).toHaveLength(2);
    const warnings = lines.filter(({ message }) => message.startsWith('no TURN server answers'));
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(warnings)).toMatch(/open their ports.*PARLOR_TURN_PROBE=false/);
  });

  it('asks nobody when told so, or before it is started', async () => {
    for (const turnProbe of [false, {}] as const) {
      const { clock, network, ice, given } = watched({ turnProbe });
      if (turnProbe === false) ice.start();
      await clock.pass(60_000);
      expect(network.asked).toEqual([]);
      expect(given()).toHaveLength(2);
    }
  });

  it('stops, in the middle of a question too', async () => {
    const { clock, network, lines, ice } = watched();
    network.set('b.test udp 3478', 20);
    ice.start();
    await clock.pass(100);
    ice.close();
    ice.close();
    expect(network.aborted).toEqual(['a.test udp 3478']);
    await clock.pass(60_000);
    expect(network.asked).toEqual(['a.test udp 3478', 'b.test udp 3478']);
    expect(clock.pending).toBe(0);
    expect(lines).toEqual([]);
  });
});
