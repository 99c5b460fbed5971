import { afterEach, expect, it } from 'vitest';
import { RawClient } from './testing/RawClient.js';
import { ServerProcess } from './testing/ServerProcess.js';

/** The server as users run it for rooms that are peer to peer: on a machine that has no media worker. */

const PARLOR_JWT_SECRET = 'a secret that is long enough for HS256';
const noWorker = { MEDIASOUP_WORKER_BIN: '/nowhere/mediasoup-worker' };

let server: ServerProcess;
afterEach(async () => {
  server.process.kill('SIGKILL');
  await server.ended;
});

it('holds P2P rooms and rooms with a password, and refuses media of its own', async () => {
  server = new ServerProcess(['--dev', '--port', '0', '--media', 'none'], {
    PARLOR_JWT_SECRET,
    ...noWorker,
  });
  const { url = '', ...said } = await server.logged('listening');
  expect(said).toMatchObject({ media: 'none', topology: 'p2p' });

  const [alice, bob] = ['alice', 'bob'].map((peerId) => new RawClient(url, { roomId: 'standup', peerId }));
  if (!alice || !bob) throw new Error('nobody there');
  for (const [peerId, client] of Object.entries({ alice, bob }))
    expect(await client.request('joinRoom', { roomId: 'standup', peerId })).toMatchObject({
      topology: 'p2p',
    });
  const description = { type: 'offer', sdp: 'v=0\r\n' };
  await alice.request('signal', { to: 'bob', description });
  await bob.request('ping', {});
  expect(bob.notifications.at(-1)).toMatchObject({ method: 'signal', data: { from: 'alice', description } });

  const carol = new RawClient(url, { roomId: 'other', peerId: 'carol' });
  const asked = { roomId: 'other', peerId: 'carol', topology: 'sfu' };
  expect(await carol.failure('joinRoom', asked)).toMatchObject({ code: 'MEDIA_UNAVAILABLE' });

  const token = new ServerProcess(['token', '--user', 'alice'], { PARLOR_JWT_SECRET });
  await token.ended;
  const opened = await fetch(`${url}/api/webrtc/rooms`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token.output.trim()}` },
  });
  expect(await opened.json()).toMatchObject({ success: true });
  server.process.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
});

it('says what to do about settings that contradict each other', async () => {
  server = new ServerProcess(['--dev', '--media', 'none', '--topology', 'sfu'], noWorker);
  expect(await server.ended).toEqual({ code: 2, signal: null });
  expect(server.output).toMatch(/PARLOR_TOPOLOGY=sfu needs workers.*set PARLOR_TOPOLOGY=p2p/);
});

it('needs a worker where rooms are only peer to peer unless they say otherwise', async () => {
  server = new ServerProcess(['--dev', '--port', '0', '--topology', 'p2p'], noWorker);
  expect(await server.ended).toEqual({ code: 1, signal: null });
  expect(server.output).toContain('worker');
});
