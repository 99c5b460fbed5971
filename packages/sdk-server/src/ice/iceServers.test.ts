import { describe, expect, it } from 'vitest';
import { createIceServers } from './iceServers.js';
import { turnCredentials } from './turnCredentials.js';
import type { IceOptions } from './types.js';

const alice = { id: 'peer-1', userId: 'alice' };

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
    expect(createIceServers({})(alice)).toEqual([]);
  });

  it('gives static servers, STUN, and TURN made for the peer', () => {
    const servers = [{ urls: 'turn:old.test', username: 'u', credential: 'p' }];
    const options = {
      servers,
      stunUrls: ['stun:stun.test'],
      turnUrls: ['turn:turn.test:3478?transport=udp', 'turns:[2001:db8::1]:443?transport=tcp'],
      turnSecret: 'north',
      turnTtlSeconds: 918,
    };
    const iceServers = createIceServers(options, { now: () => 1_433_895_000_000 });
    expect(iceServers(alice)).toEqual([
      ...servers,
      { urls: ['stun:stun.test'] },
      { urls: options.turnUrls, username: '1433895918:alice', credential: 'RqMvcGPYTJMGThVLSi4amT4zFtI=' },
    ]);
    expect(iceServers({ id: 'peer-1', userId: undefined })[2]?.username).toBe('1433895918:peer-1');
  });

  it('gives credentials for twelve hours by default', () => {
    const iceServers = createIceServers({ turnUrls: ['turn:t'], turnSecret: 's' }, { now: () => 1_000_000 });
    expect(iceServers(alice)[0]?.username).toBe(`${String(1000 + 12 * 3600)}:alice`);
  });

  it.each<[IceOptions, RegExp]>([
    [{ stunUrls: ['stun.example.org'] }, /"stun.example.org".*stun:stun.example.org/],
    [{ stunUrls: ['http://stun.example.org'] }, /STUN URL/],
    [{ turnUrls: ['stun:example.org'], turnSecret: 's' }, /TURN URL/],
    [{ turnUrls: ['turn:example.org?transport=sctp'], turnSecret: 's' }, /transport=udp/],
    [{ turnUrls: ['turn:example.org'] }, /turnSecret/],
    [{ turnSecret: 's' }, /turnUrls/],
    [{ turnUrls: ['turn:t'], turnSecret: 's', turnTtlSeconds: 0 }, /turnTtlSeconds/],
    [{ servers: [{ urls: 'turn:example.org' }] }, /username and credential/],
    [{ servers: [{ urls: ['stun:a', 'b'] }] }, /"b"/],
  ])('refuses %j', (options, message) => {
    expect(() => createIceServers(options)).toThrow(message);
  });
});
