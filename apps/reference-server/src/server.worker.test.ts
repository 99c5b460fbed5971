import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { RawClient } from './testing/RawClient.js';
import { ServerProcess } from './testing/ServerProcess.js';

/** The server as users run it: its own process, real workers. */

const PARLOR_JWT_SECRET = 'a secret that is long enough for HS256';

const started: ServerProcess[] = [];

function start(args: string[], env?: Record<string, string>): ServerProcess {
  const server = new ServerProcess(args, env);
  started.push(server);
  return server;
}

afterEach(async () => {
  for (const { process: child, ended } of started.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});

it('runs without configuration, tells clients when it stops, and ends', async () => {
  const server = start(['--dev', '--port', '0', '--workers', '1']);
  const { url = '' } = await server.logged('listening');
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(`${url}/health`)).json()).toEqual({ message: 'ok' });

  const client = new RawClient(url, { roomId: 'standup', peerId: 'alice' });
  const joined = await client.request('joinRoom', {
    roomId: 'standup',
    peerId: 'alice',
    transports: ['send', 'recv'],
  });
  expect(joined).toMatchObject({
    roomId: 'standup',
    transports: { send: { dtlsParameters: { fingerprints: expect.anything() as unknown } } },
  });
  const capabilities = (await (await fetch(`${url}/rooms/standup`)).json()) as {
    codecs: { mimeType: string }[];
  };
  expect(capabilities.codecs.map(({ mimeType }) => mimeType)).toContain('audio/opus');
  expect(server.output).toContain(`Open ${url}/demo/ in two windows`);

  server.process.kill('SIGTERM');
  expect(await client.closed).toBeGreaterThanOrEqual(4000);
  expect(client.notifications.at(-1)).toMatchObject({
    method: 'roomClosed',
    data: { reason: 'serverClosing' },
  });
  expect(await server.ended).toEqual({ code: 0, signal: null });
  const messages = server.logs.map(({ msg }) => msg);
  for (const msg of ['room opened', 'peer joined', 'stopping', 'room closed', 'stopped']) {
    expect(messages).toContain(msg);
  }
});

it('checks tokens, and keeps them and the secret out of its log', async () => {
  const server = start(['--port', '0', '--host', '127.0.0.1', '--workers', '1', '--log-level', 'debug'], {
    PARLOR_JWT_SECRET,
  });
  const tokenCommand = start(['token', '--user', 'alice', '--room', 'standup'], { PARLOR_JWT_SECRET });
  expect(await tokenCommand.ended).toEqual({ code: 0, signal: null });
  const token = tokenCommand.output.trim();
  const { url = '' } = await server.logged('listening');

  const socketUrl = `${url}/?roomId=standup&peerId=alice`;
  const refused = await fetch(socketUrl);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ error: 'UNAUTHORIZED' });
  const elsewhere = await fetch(`${url}/?roomId=board&peerId=alice&token=${token}`);
  expect(await elsewhere.json()).toMatchObject({ error: 'ROOM_NOT_ALLOWED' });
  const stranger = new WebSocket(`${socketUrl.replace('http', 'ws')}&token=${token}x`, 'protoo');
  const [, response] = (await once(stranger, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(response.statusCode).toBe(401);

  const client = new RawClient(url, { roomId: 'standup', peerId: 'alice', token });
  expect(await client.request('joinRoom', { roomId: 'standup', peerId: 'alice' })).toMatchObject({
    peerId: 'alice',
  });
  client.socket.close();
  await server.logged('peer left');
  server.process.kill('SIGINT');
  expect(await server.ended).toEqual({ code: 0, signal: null });

  expect(server.logs.find(({ msg }) => msg === 'connection refused')).toMatchObject({
    code: 'TOKEN_INVALID',
  });
  expect(server.output).not.toContain(token);
  expect(server.output).not.toContain(PARLOR_JWT_SECRET);
  expect(server.output).not.toContain('/demo/ in two windows');
});

it('serves HTTPS and WSS', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  execFileSync('openssl', ['req', '-x509', ...newKey, ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });

  const server = start(['--dev', '--port', '0', '--workers', '1', '--tls-cert', cert, '--tls-key', key]);
  const { url = '' } = await server.logged('listening');
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const client = new RawClient(url, { roomId: 'r', peerId: 'p' }, { ca: readFileSync(cert) });
  expect(await client.request('joinRoom', { roomId: 'r', peerId: 'p' })).toMatchObject({ peerId: 'p' });
  server.process.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
});

it('goes on for a while after SIGTERM, takes nobody in, and says so', async () => {
  const server = start(['--dev', '--port', '0', '--workers', '1', '--drain-ms', '600000']);
  const { url = '' } = await server.logged('listening');
  const client = new RawClient(url, { roomId: 'r', peerId: 'p' });
  await client.request('joinRoom', { roomId: 'r', peerId: 'p' });
  server.process.kill('SIGTERM');
  await server.logged('draining');
  const health = await fetch(`${url}/health`);
  expect([health.status, await health.json()]).toEqual([503, { message: 'draining' }]);
  expect((await fetch(`${url}/ws?roomId=r&peerId=q`)).status).toBe(503);
  expect(client.notifications.map(({ method, data }) => [method, data['after']])).toEqual([
    ['serverRestarting', 600_000],
  ]);
  // The last one has gone: there is nothing to wait for.
  await client.request('leave', {});
  expect(await server.ended).toEqual({ code: 0, signal: null });
});

it('ends at once on the second signal', async () => {
  const server = start(['--dev', '--port', '0', '--workers', '1']);
  const { url = '' } = await server.logged('listening');
  // Reads nothing any more, so that a polite end has to wait for it.
  const client = new RawClient(url, { roomId: 'r', peerId: 'p' });
  await once(client.socket, 'open');
  client.socket.pause();
  server.process.kill('SIGTERM');
  await server.logged('draining');
  server.process.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 1, signal: null });
  expect(server.logs.map(({ msg }) => msg)).not.toContain('stopped');
  client.socket.terminate();
});

it('says what to do when it cannot start, without a stack', async () => {
  const unprotected = start([]);
  expect(await unprotected.ended).toEqual({ code: 2, signal: null });
  expect(unprotected.output).toContain('set PARLOR_JWT_SECRET');

  const taken = createServer();
  await once(taken.listen(0, '127.0.0.1'), 'listening');
  const { port } = taken.address() as AddressInfo;
  const second = start(['--dev', '--workers', '1', '--port', String(port)]);
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.output).toContain(`port ${String(port)} is taken by another program`);
  taken.close();

  const workerless = start(['--dev', '--port', '0'], { MEDIASOUP_WORKER_BIN: '/nowhere/mediasoup-worker' });
  expect(await workerless.ended).toEqual({ code: 1, signal: null });
  for (const { output } of [unprotected, second, workerless]) expect(output).not.toMatch(/^ +at /m);
});
