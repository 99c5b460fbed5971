import { createParlor, type Parlor } from '@parlor/sdk-server';
import { FakeBackend, sampleAudio } from '@parlor/sdk-server/testing';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildApp } from '../src/app.js';
import { createLogger } from '../src/logger.js';
import { ProtooPeer } from './support/ProtooPeer.js';

/** What users of the public `protoo-client` 4 get: signalling, errors, order, and its own way of coming back. */

let backend: FakeBackend;
let parlor: Parlor;
let app: FastifyInstance;
let url: string;
const peers: ProtooPeer[] = [];

beforeEach(async () => {
  backend = new FakeBackend();
  parlor = await createParlor({ access: { allowAnonymous: true }, media: backend });
  app = await buildApp({ config: { tls: undefined }, parlor, logger: createLogger('silent') });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  for (const { peer } of peers.splice(0)) peer.close();
  await Promise.all([parlor.close(), app.close()]);
});

function connect(peerId: string, retry?: object): ProtooPeer {
  const peer = new ProtooPeer(url, { roomId: 'room', peerId }, retry);
  peers.push(peer);
  return peer;
}

async function enter(peerId: string): Promise<ProtooPeer> {
  const peer = connect(peerId);
  await peer.join({ transports: ['send', 'recv'] });
  return peer;
}

const publish = async ({ peer }: ProtooPeer): Promise<string> => {
  const data = { kind: 'audio', rtpParameters: sampleAudio(), appData: {} };
  return String((await peer.request('produce', data))['producerId']);
};

describe('order', () => {
  test('nobody hears of a producer before its peer, nor after it has left, in whatever order things happen', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `peer-${String(index)}`);
    const witness = await enter('witness');
    await Promise.all(
      names.map(async (name) => {
        const one = await enter(name);
        await publish(one);
        await one.peer.request('leave');
      }),
    );
    await Promise.all(names.map((peerId) => witness.notified('peerLeft', { peerId })));

    const present = new Set<unknown>();
    const producing = new Map<unknown, unknown>();
    for (const { method, data } of witness.heard) {
      if (method === 'peerJoined') present.add(data['peerId']);
      if (method === 'newProducer') {
        expect(present).toContain(data['peerId']);
        producing.set(data['producerId'], data['peerId']);
      }
      if (method === 'producerClosed') {
        expect(present).toContain(producing.get(data['producerId']));
        producing.delete(data['producerId']);
      }
      if (method === 'peerLeft') {
        present.delete(data['peerId']);
        expect([...producing.values()]).not.toContain(data['peerId']);
      }
    }
    expect(present.size + producing.size).toBe(0);
    expect(witness.heard.map(({ data }) => data['seq'])).toEqual(witness.heard.map((_, index) => index + 1));
  });

  test('a joiner has everybody and everything, once: in the answer or told afterwards', async () => {
    const early = await enter('early');
    const producing = publish(early);
    const late = connect('late');
    const joined = await late.join();
    const producerId = await producing;
    const known = (joined['producers'] as { producerId: string }[]).map((one) => one.producerId);
    const told = () =>
      late.heard.filter(({ method }) => method === 'newProducer').map(({ data }) => data['producerId']);
    await late.peer.request('ping');
    expect([...known, ...told()]).toEqual([producerId]);
    expect(joined['peers']).toEqual([{ id: 'early', displayName: 'early' }]);
  });
});

describe('leaving', () => {
  test('the others hear why', async () => {
    const witness = await enter('witness');
    const [polite, gone, removed] = [await enter('polite'), await enter('gone'), await enter('removed')];
    await polite.peer.request('leave');
    gone.peer.close();
    parlor.rooms.get('room')?.peers.get('removed')?.remove();
    const twice = connect('twice');
    const { resumeToken } = await twice.join();
    await connect('twice').join({ resumeToken });

    for (const [peerId, reason] of [
      ['polite', 'left'],
      ['gone', 'disconnected'],
      ['removed', 'removed'],
      ['twice', 'replaced'],
    ] as const) {
      expect((await witness.notified('peerLeft', { peerId })).data).toMatchObject({ reason });
    }
    await removed.happened('close');
    await twice.happened('close');
  });

  test('a room is there from the first to the last', async () => {
    const get = () => fetch(`${url}/rooms/room`);
    expect((await get()).status).toBe(404);
    expect(await (await get()).json()).toMatchObject({ error: 'ROOM_NOT_FOUND' });
    const { peer } = await enter('only');
    expect(await (await get()).json()).toMatchObject({
      codecs: expect.any(Array),
      headerExtensions: expect.any(Array),
    });
    await peer.request('leave');
    expect((await get()).status).toBe(404);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ message: 'ok' });
  });
});

describe('errors', () => {
  test('are rejections with a status as code and a sentence that names the fix', async () => {
    const { peer } = await enter('alice');
    await expect(peer.request('fly')).rejects.toMatchObject({
      code: 404,
      message: expect.stringContaining('fly'),
    });
    await expect(peer.request('consume', { producerId: 'x' })).rejects.toMatchObject({
      code: 400,
      message: expect.stringContaining('rtpCapabilities'),
    });
    await expect(peer.request('resume', { consumerId: 'x' })).rejects.toMatchObject({ code: 404 });
    await expect(peer.request('joinRoom', { roomId: 'room', peerId: 'alice' })).rejects.toMatchObject({
      code: 409,
    });
    await expect(connect('alice').join()).rejects.toMatchObject({
      code: 409,
      message: expect.stringContaining('choose another'),
    });
  });
});

describe('coming back', () => {
  test('who was removed, or whose room was closed, does not', async () => {
    const [alice, bob] = [await enter('alice'), await enter('bob')];
    parlor.rooms.get('room')?.peers.get('alice')?.remove();
    await alice.happened('close');
    expect(alice.events).toEqual(['open', 'close']);
    parlor.rooms.get('room')?.close();
    expect((await bob.notified('roomClosed')).data).toMatchObject({ reason: 'closed' });
    await bob.happened('close');
    expect(bob.events).toEqual(['open', 'close']);
  });

  test('who lost the media server does, and can join again', async () => {
    const alice = await enter('alice');
    backend.rooms.get('room')?.emit('died');
    expect((await alice.notified('roomClosed')).data).toMatchObject({ reason: 'mediaServerDied' });
    await alice.happened('open', 2);
    expect(alice.events).toEqual(['open', 'disconnected', 'open']);
    expect(await alice.join()).toMatchObject({ peerId: 'alice', peers: [] });
  });

  test('who is refused at the door fails as often as it was told to try', async () => {
    await Promise.all([parlor.close(), app.close()]);
    parlor = await createParlor({ access: { jwtSecret: 'x'.repeat(32) }, media: backend });
    app = await buildApp({ config: { tls: undefined }, parlor, logger: createLogger('silent') });
    url = await app.listen({ host: '127.0.0.1', port: 0 });
    const stranger = connect('stranger', { retries: 2, minTimeout: 1, maxTimeout: 2 });
    await stranger.happened('close');
    expect(stranger.events).toEqual(['failed', 'failed', 'failed', 'close']);
  });
});
