import { afterEach, expect, it } from 'vitest';
import { TestServer } from '../../src/testing/index.js';
import { connectTo } from '../support/socketServer.js';
import { LOCAL_MEDIA } from '../support/workers.js';

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
});

async function start(): Promise<TestServer> {
  server = await TestServer.start(() => ({ access: { allowAnonymous: true }, media: LOCAL_MEDIA }));
  return server;
}

it('kills a media worker, in whose place comes another', async () => {
  const { faults, parlor } = await start();
  const [pid] = faults.workers;
  await parlor.rooms.open('room', { topology: 'sfu' });
  const died = new Promise((resolve) => {
    parlor.rooms.on('closed', (_room, reason) => {
      resolve(reason);
    });
  });
  faults.killWorker();
  expect(await died).toBe('mediaServerDied');
  await expect.poll(() => faults.workers.length, { timeout: 30_000 }).toBe(1);
  expect(faults.workers).not.toContain(pid);
});

it('sends clients to where nobody is, and back', async () => {
  const { url, faults } = await start();
  const client = await connectTo(new URL(url).host, 'a');
  await client.ask('joinRoom', { roomId: 'room', peerId: 'a', topology: 'sfu' });
  const candidates = async () => {
    const info = await client.ask<{ iceCandidates: { ip: string }[] }>('createWebRtcTransport', {
      direction: 'send',
    });
    return new Set(info.iceCandidates.map(({ ip }) => ip));
  };
  faults.failIce(true);
  expect(await candidates()).toEqual(new Set(['192.0.2.1']));
  faults.failIce(false);
  expect(await candidates()).toEqual(new Set(['127.0.0.1']));
});
