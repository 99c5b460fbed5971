import { afterEach, describe, expect, it } from 'vitest';
import { Exposition } from '../../test/support/exposition.js';
import { createParlor } from '../createParlor.js';
import { METRICS_CONTENT_TYPE, type MetricsOptions } from '../observe/metricsOptions.js';
import { FakeBackend } from '../media/fake/FakeBackend.js';
import type { Parlor } from '../parlor.js';

const TOKEN = 'the-token-of-the-metrics';

let parlor: Parlor;
afterEach(() => parlor.close());

async function start(metrics?: MetricsOptions, trustedProxies = 0): Promise<void> {
  parlor = await createParlor({
    access: { allowAnonymous: true },
    media: new FakeBackend(),
    trustedProxies,
    ...(metrics && { metrics }),
  });
}

interface From {
  headers?: Record<string, string>;
  address?: string;
}

function ask({ headers = {}, address = '127.0.0.1' }: From = {}): Promise<Response | null> {
  return parlor.handleRequest(new Request('http://localhost:3000/metrics', { headers }), address);
}

describe('GET /metrics', () => {
  it('is not there by default, and the figures are', async () => {
    await start();
    expect(await ask()).toBeNull();
    expect(new Exposition(await parlor.metrics()).value('parlor_rooms', { topology: 'p2p' })).toBe(0);
  });

  it('speaks the text format of Prometheus', async () => {
    await start({ readers: 'local' });
    await (await parlor.rooms.open('room')).join({ peerId: 'alice' });
    const response = await ask();
    expect(response?.status).toBe(200);
    expect(response?.headers.get('content-type')).toBe(METRICS_CONTENT_TYPE);
    expect(response?.headers.get('cache-control')).toBe('no-store');
    expect(new Exposition((await response?.text()) ?? '').value('parlor_peers', { dialect: 'host' })).toBe(1);
  });

  it.each<From>([
    {},
    { address: '::1' },
    { address: '::ffff:127.0.0.1' },
    { headers: { host: '127.0.0.1:3000' } },
    { headers: { host: '[::1]:3000' } },
    { headers: { host: 'localhost' } },
  ])('is there for a program of this machine: %j', async (from) => {
    await start({ readers: 'local' });
    expect((await ask(from))?.status).toBe(200);
  });

  it.each<From>([
    { address: '192.0.2.7' },
    { address: '10.0.0.7' },
    { headers: { 'x-forwarded-for': '192.0.2.7' } },
    { headers: { 'x-forwarded-for': '127.0.0.1' } },
    { headers: { forwarded: 'for=192.0.2.7' } },
    { headers: { via: '1.1 proxy' } },
    { headers: { origin: 'https://page.test' } },
    { headers: { host: 'page.test:3000' } },
    { headers: { host: 'localhost.page.test' } },
  ])('is refused to whoever is not: %j', async (from) => {
    for (const trustedProxies of [1, 0]) {
      await start({ readers: 'local' }, trustedProxies);
      const response = await ask(from);
      expect(response?.status).toBe(403);
      expect(await response?.json()).toMatchObject({ error: 'FORBIDDEN' });
      if (trustedProxies > 0) await parlor.close();
    }
  });

  it('is there for whoever has the token, from anywhere', async () => {
    await start({ readers: { token: TOKEN } });
    const headers = { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '192.0.2.8' };
    expect((await ask({ address: '192.0.2.7', headers }))?.status).toBe(200);
  });

  it.each<[Record<string, string>, string]>([
    [{}, 'UNAUTHORIZED'],
    [{ authorization: 'Basic YTpi' }, 'UNAUTHORIZED'],
    [{ authorization: 'Bearer another-token-of-metrics' }, 'TOKEN_INVALID'],
  ])('is refused without it, also to this machine: %j', async (headers, error) => {
    await start({ readers: { token: TOKEN } });
    const response = await ask({ headers });
    expect(response?.status).toBe(401);
    expect(await response?.json()).toMatchObject({ error });
  });

  it.each(['short', 'with spaces in between', ''])('takes no token like %j', async (token) => {
    await start();
    const metrics = { readers: { token } };
    await expect(createParlor({ access: { allowAnonymous: true }, media: 'none', metrics })).rejects.toThrow(
      'at least 16 characters',
    );
  });
});
