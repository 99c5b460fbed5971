import { describe, expect, it, vi } from 'vitest';
import { ParlorError } from '../errors.js';
import { silentLogger } from '../logger.js';
import { echoDialect } from '../testing/echoDialect.js';
import { createRequestHandler } from './handleRequest.js';

const refusing = echoDialect({
  authorize(_request, url) {
    if (url.searchParams.get('token') !== 'good') throw new ParlorError('UNAUTHORIZED', 'send a token');
  },
});
const handle = createRequestHandler({ dialects: [refusing], logger: silentLogger });
const ask = (path: string, init?: RequestInit) => handle(new Request(`http://host.test${path}`, init));

describe('createRequestHandler', () => {
  it('answers what a dialect knows and leaves the rest to the host', async () => {
    const response = await ask('/echo', { method: 'POST', body: 'hi' });
    expect(response?.status).toBe(200);
    expect(await response?.json()).toEqual({ method: 'POST', body: 'hi' });
    expect(response?.headers.get('access-control-allow-origin')).toBe('*');
    expect(await ask('/')).toBeNull();
    expect(await ask('/echoes')).toBeNull();
  });

  it('turns coded errors into JSON', async () => {
    const response = await ask('/echo/refuse');
    expect(response?.status).toBe(404);
    expect(response?.headers.get('content-type')).toContain('application/json');
    expect(response?.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response?.json()).toEqual({ error: 'ROOM_NOT_FOUND', message: 'no such room' });
  });

  it('logs unknown errors and says nothing of them', async () => {
    const error = vi.fn();
    const handler = createRequestHandler({ dialects: [refusing], logger: { ...silentLogger, error } });
    const response = await handler(new Request('http://host.test/echo/break?token=t0psecret'));
    expect(response?.status).toBe(500);
    const body = await response?.text();
    expect(body).toContain('INTERNAL');
    expect(body).not.toContain('secret detail');
    expect(error).toHaveBeenCalledOnce();
    expect(error.mock.calls[0]?.[0]).toMatchObject({
      err: { message: 'secret detail' },
      path: '/echo/break',
    });
    expect(JSON.stringify(error.mock.calls)).not.toContain('t0psecret');
  });

  it('answers HEAD like GET, without a body', async () => {
    const response = await ask('/echo', { method: 'HEAD' });
    expect(response?.status).toBe(200);
    expect(response?.headers.get('content-type')).toContain('application/json');
    expect(response?.body).toBeNull();
    expect(await ask('/nowhere', { method: 'HEAD' })).toBeNull();
  });

  it('answers preflights for its own paths only', async () => {
    const preflight = {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    };
    for (const path of ['/echo', '/echo/refuse', '/echo/socket']) {
      const response = await ask(path, preflight);
      expect(response?.status).toBe(204);
      expect(response?.headers.get('access-control-allow-origin')).toBe('*');
      expect(response?.headers.get('access-control-allow-methods')).toBe('POST');
      expect(response?.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
    }
    expect(await ask('/other', preflight)).toBeNull();
    expect(await ask('/other', { method: 'OPTIONS' })).toBeNull();
  });

  it('tells a plain GET on a socket address what the upgrade would be told', async () => {
    const refused = await ask('/echo/socket');
    expect(refused?.status).toBe(401);
    expect(refused?.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refused?.json()).toMatchObject({ error: 'UNAUTHORIZED' });

    const accepted = await ask('/echo/socket?token=good');
    expect(accepted?.status).toBe(426);
    expect(accepted?.headers.get('upgrade')).toBe('websocket');
    expect(await accepted?.json()).toMatchObject({ error: 'UPGRADE_REQUIRED' });

    expect(await ask('/echo/socket', { method: 'POST' })).toBeNull();
  });

  it.each(['rtc', '/rtc', '/rtc/'])('lives below basePath %s', async (basePath) => {
    const below = createRequestHandler({ dialects: [refusing], basePath, logger: silentLogger });
    expect((await below(new Request('http://host.test/rtc/echo')))?.status).toBe(200);
    expect((await below(new Request('http://host.test/rtc/echo/socket?token=good')))?.status).toBe(426);
    expect(await below(new Request('http://host.test/echo'))).toBeNull();
    expect(await below(new Request('http://host.test/rtcx/echo'))).toBeNull();
  });

  it('refuses a basePath that is none', () => {
    expect(() => createRequestHandler({ dialects: [], basePath: '/a?b', logger: silentLogger })).toThrow(
      /basePath/,
    );
  });
});
