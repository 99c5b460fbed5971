import { createParlor, type Parlor } from '@parlor/sdk-server';
import { FakeBackend } from '@parlor/sdk-server/testing';
import Fastify from 'fastify';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from './app.js';
import { serveDemo } from './demo.js';
import { createLogger } from './logger.js';

const browser = { accept: 'text/html,*/*' };

describe('the web server', () => {
  let parlor: Parlor;
  let app: Awaited<ReturnType<typeof buildApp>>;

  beforeAll(async () => {
    parlor = await createParlor({ access: { allowAnonymous: true }, media: new FakeBackend() });
    app = await buildApp({ config: { tls: undefined }, parlor, logger: createLogger('silent') });
  });
  afterAll(() => app.close());

  it('serves Parlor', async () => {
    const response = await app.inject('/health');
    expect(response.json()).toEqual({ message: 'ok' });
    expect((await app.inject('/rooms/nobody')).json()).toMatchObject({ error: 'ROOM_NOT_FOUND' });
  });

  it('answers everything else with a coded error', async () => {
    const missing = await app.inject('/nothing/here');
    expect(missing.statusCode).toBe(404);
    expect(missing.json()).toMatchObject({ error: 'NOT_FOUND' });
    expect((await app.inject('/')).statusCode).toBe(404);
    const broken = await app.inject({
      method: 'POST',
      url: '/nothing',
      headers: { 'content-type': 'application/json' },
      payload: '{',
    });
    expect(broken.statusCode).toBeGreaterThanOrEqual(400);
    expect(broken.statusCode).toBeLessThan(500);
    expect(broken.json()).toHaveProperty('error');
  });

  it('shows the OpenAPI document as a page, with nothing from elsewhere', async () => {
    const page = await app.inject({ url: '/docs/', headers: browser });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source ?? '');
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources) {
      const response = await app.inject(new URL(source, 'http://localhost/docs/').pathname);
      expect([source, response.statusCode]).toEqual([source, 200]);
    }
    const document = (await app.inject('/openapi.json')).json<object>();
    expect(document).toHaveProperty('paths./rtc/transports.post');
    expect((await app.inject('/docs/json')).json()).toEqual(document);
  });

  it('leads browsers to the demo', async () => {
    const response = await app.inject({ url: '/', headers: browser });
    expect(response.statusCode).toBe(302);
    expect(response.headers.location).toBe('/demo/');
  });
});

describe('the demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-demo-'));

  it('says how to build it when it is not', async () => {
    const app = Fastify();
    await serveDemo(app, join(folder, 'missing'));
    for (const url of ['/demo', '/demo/', '/demo/anything']) {
      const response = await app.inject({ url, headers: browser });
      expect(response.statusCode).toBe(404);
      expect(response.body).toContain('npm run build');
    }
    await app.close();
  });

  it('is served with its headers, hashed files for ever', async () => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<title>Demo</title>');
    writeFileSync(join(folder, 'assets', 'index-abc123.js'), 'run()');
    const app = Fastify();
    await serveDemo(app, folder);
    const page = await app.inject({ url: '/demo/', headers: browser });
    expect(page.body).toBe('<title>Demo</title>');
    expect(page.headers['cache-control']).toBe('no-cache');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.headers['permissions-policy']).toContain('camera=(self)');
    const script = await app.inject('/demo/assets/index-abc123.js');
    expect(script.body).toBe('run()');
    expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await app.inject('/demo')).headers.location).toBe('/demo/');
    expect((await app.inject('/demo/../package.json')).statusCode).toBe(404);
    await app.close();
  });
});
