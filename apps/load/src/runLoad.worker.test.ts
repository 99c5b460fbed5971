import { createParlor, createToken, type Parlor } from '@parlor/sdk-server';
import { attachParlor, parlorNode } from '@parlor/sdk-server/node';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from './cli.js';
import { readSamples } from './media/Sample.js';
import { runLoad, type LoadPlan } from './runLoad.js';

/** A server of ours with a real worker, and clients that exchange real media with it. */

const secret = 'a secret that is long enough for HS256';
const samples = readSamples(new URL('../media/', import.meta.url));
let parlor: Parlor;
let server: Server;
let url: string;

beforeAll(async () => {
  parlor = await createParlor({
    access: { jwtSecret: secret },
    media: { workers: 1, listenIp: '127.0.0.1', clients: 'network' },
  });
  server = createServer(parlorNode({ parlor }));
  attachParlor(server, parlor);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
});

afterAll(async () => {
  await parlor.close();
  server.close();
});

const planOf = (roomId: string, more: Partial<LoadPlan>): LoadPlan => ({
  url,
  roomId,
  peers: 12,
  publish: 3,
  durationMs: 500,
  joinsPerSecond: 1000,
  samples: { ...samples, video: samples.video.slice(0, 1) },
  tokenFor: (peerId) => createToken({ sub: peerId, rooms: [roomId] }, secret),
  ...more,
});

async function cli(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const terminal = { out: (text: string) => (out += text), err: (text: string) => (err += text) };
  return { code: await runCli(argv, terminal, { env: {} }), out, err };
}

it('brings media of every publisher to every client', { timeout: 60_000 }, async () => {
  const { failures, peers, streams, received, joinMs, firstMediaMs } = await runLoad(planOf('all', {}));
  expect(failures).toEqual({});
  expect(peers).toEqual({ wanted: 12, joined: 12, publishing: 3 });
  const publishers = ['load-1', 'load-2', 'load-3'];
  const expected = Array.from({ length: 12 }, (_, index) => `load-${String(index + 1)}`).flatMap((peer) =>
    publishers
      .filter((publisher) => publisher !== peer)
      .flatMap((publisher) => [`${peer} ${publisher} audio`, `${peer} ${publisher} video`]),
  );
  const seen = streams.map(({ peer, publisher, kind }) => `${peer} ${publisher} ${kind}`);
  expect(seen.sort()).toEqual(expected.sort());
  expect(received.packets).toBeGreaterThan(0);
  expect(joinMs?.count).toBe(12);
  expect(firstMediaMs?.count).toBeGreaterThan(0);
  expect(parlor.rooms.get('all')?.peers.size ?? 0).toBe(0);
});

it('sends simulcast, of which the server forwards one layer', { timeout: 60_000 }, async () => {
  const { failures, streams } = await runLoad(
    planOf('layers', { peers: 2, publish: 1, samples, wish: { layer: 0 } }),
  );
  expect(failures).toEqual({});
  expect(streams.map(({ peer, kind }) => `${peer} ${kind}`).sort()).toEqual(['load-2 audio', 'load-2 video']);
});

it('receives no more videos than it asks for', { timeout: 60_000 }, async () => {
  const plan = planOf('few', { peers: 3, publish: 2, wish: { lastN: 0 } });
  const { failures, streams } = await runLoad(plan);
  expect(failures).toEqual({});
  const flowing = streams.filter((stream) => stream.flowing).map(({ peer, kind }) => `${peer} ${kind}`);
  expect(flowing.sort()).toEqual(['load-1 audio', 'load-2 audio', 'load-3 audio', 'load-3 audio']);
});

it('counts what breaks by its code, and ends when nobody is left', { timeout: 60_000 }, async () => {
  const plan = planOf('broken', { peers: 2, publish: 1, durationMs: 3_600_000 });
  const { failures } = await runLoad(plan, {
    onProgress: (text) => {
      if (text.startsWith('measuring')) parlor.rooms.get('broken')?.close();
    },
  });
  // Mostly ROOM_CLOSED; that the sockets or the media went may be seen first.
  expect(Object.values(failures).reduce((sum, count) => sum + count, 0)).toBe(2);
});

it('ends with 0, 1 or 2 by how it went', { timeout: 60_000 }, async () => {
  const short = ['--url', url, '--duration', '0.2', '--peers', '2', '--publish', '1'];
  const good = await cli(...short, '--secret', secret, '--json');
  expect([good.code, good.err]).toEqual([0, expect.stringContaining('measuring')]);
  expect(JSON.parse(good.out)).toMatchObject({ peers: { joined: 2 }, failures: {} });

  const noToken = await cli(...short);
  expect([noToken.code, noToken.out]).toEqual([2, '']);
  expect(noToken.err).toMatch(/^parlor-load: UNAUTHORIZED: .*--token.*\n$/);

  const wrongToken = await cli(...short, '--secret', `another ${secret}`);
  expect(wrongToken.code).toBe(2);
  expect(wrongToken.err).toMatch(/^parlor-load: TOKEN_INVALID: .*secret of this server/);

  await parlor.rooms.open('full', { maxPeers: 1 });
  const full = await cli(...short, '--secret', secret, '--room', 'full');
  expect(full.code).toBe(1);
  expect(full.out).toMatch(/failures +LIMIT_REACHED 1/);
});

it('says what to do when nobody is there', async () => {
  const unused = createServer();
  unused.listen(0, '127.0.0.1');
  await once(unused, 'listening');
  const { port } = unused.address() as AddressInfo;
  unused.close();
  const { code, err } = await cli('--url', `http://127.0.0.1:${String(port)}`);
  expect(code).toBe(2);
  expect(err).toMatch(/^parlor-load: SERVER_UNREACHABLE: .*--url\n$/);
});
