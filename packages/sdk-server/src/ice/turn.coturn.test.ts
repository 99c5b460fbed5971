import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, startCoturn, type Coturn } from '../../../../tools/testing/startCoturn.js';
import { createIceServers } from './iceServers.js';
import { stunProbe } from './stunProbe.js';

/** Against a real coturn. */

let coturn: Coturn;
beforeAll(async () => {
  coturn = await startCoturn({ secret: 'north' });
});
afterAll(() => coturn.stop());

const signal = () => new AbortController().signal;

describe('stunProbe', () => {
  it.each(['udp', 'tcp'] as const)('gets an answer over %s', async (protocol) => {
    const target = { host: '127.0.0.1', port: coturn.port, protocol };
    expect(await stunProbe(target, signal())).toBeGreaterThan(0);
  });
});

describe('createIceServers', () => {
  it('leaves out a server that has gone, and takes it back when it is there again', async () => {
    const heard: string[] = [];
    const waiting = new Set<() => void>();
    const hear = (_fields: object, message: string) => {
      heard.push(message);
      for (const look of waiting) look();
    };
    const logged = (message: string, times: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (heard.filter((line) => line === message).length >= times) resolve();
        };
        waiting.add(look);
        look();
      });
    const port = await freePort();
    let second = await startCoturn({ secret: 'north', port });
    const ice = createIceServers(
      {
        turnServers: [{ urls: second.tcpUrl, weight: 1000 }, { urls: coturn.url }],
        turnSecret: 'north',
        turnProbe: { intervalMs: 50, retryMs: 50 },
      },
      { logger: { debug: hear, info: hear, warn: hear, error: hear } },
    );
    const given = () => ice.serversFor({ id: 'p', userId: 'alice' }).map(({ urls }) => String(urls));
    ice.start();
    try {
      expect(given()).toEqual([second.tcpUrl, coturn.url]);
      await second.stop();
      await logged('TURN server does not answer: it is left out', 1);
      expect(given()).toEqual([coturn.url]);
      second = await startCoturn({ secret: 'north', port });
      await logged('TURN server answers again', 1);
      expect(given()).toEqual([second.tcpUrl, coturn.url]);
    } finally {
      ice.close();
      await second.stop();
    }
  });
});
