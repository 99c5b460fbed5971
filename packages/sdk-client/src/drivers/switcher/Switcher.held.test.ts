import { expect, it } from 'vitest';
import { silentLogger } from '../../logger.js';
import { until } from '../../test/kit.js';
import { consumer, fakeHandler, media, producers } from '../../test/sfuDriver.js';
import { FakePlatform } from '../../testing/index.js';
import { SfuDriver } from '../sfu/SfuDriver.js';
import { LINGER } from './Paths.js';
import { Switcher } from './Switcher.js';

const heldNow = (producerId: string) => ({
  consumers: [],
  failed: [{ producerId, code: 'PRODUCER_PENDING', held: 'notLoudest' }],
});

/** In a room of three tracks, of which it wants the first. The server answers as the test says. */
async function receiving(answer: object) {
  const answers: Record<string, unknown> = { subscribe: answer, connectWebRtcTransport: {}, pathReady: {} };
  const methods: string[] = [];
  const platform = new FakePlatform();
  const { rtpCapabilities, transport } = media();
  const way = (path: number) => ({
    path,
    topology: 'sfu',
    rtpCapabilities,
    iceServers: [],
    peers: [],
    producers: [],
    transports: { send: transport(`send${String(path)}`), recv: transport(`recv${String(path)}`) },
  });
  answers['openPath'] = way(2);
  const switcher = new Switcher(
    {
      request: (method) => {
        methods.push(method);
        return Promise.resolve(answers[method] ?? {});
      },
      tell: () => undefined,
      platform,
      logger: silentLogger,
      rtcConfiguration: {},
    },
    { topology: 'sfu', drivers: { sfu: (context) => new SfuDriver(context, fakeHandler) } },
  );
  const told: string[] = [];
  switcher
    .on('held', (producerId, reason) => told.push(`${producerId} ${reason ?? 'flows'}`))
    .on('trackReplaced', (producerId) => told.push(`${producerId} comes`));
  await switcher.prepare();
  await switcher.open(way(1));
  const [result] = await switcher.subscribe(producers.slice(0, 1), { follow: true });
  return { switcher, told, methods, answers, platform, result };
}

it('brings what was held to the app when it is forwarded', async () => {
  const { switcher, told, result } = await receiving(heldNow('p1'));
  expect(result).toMatchObject({ error: { code: 'PRODUCER_PENDING' } });
  switcher.handleNotification('newConsumer', { consumer: consumer('p1', false) });
  await until(() => told.includes('p1 comes'));
  expect(told).toEqual(['p1 notLoudest', 'p1 flows', 'p1 comes']);
  const [again] = await switcher.subscribe(producers.slice(0, 1));
  expect(again).toHaveProperty('mediaStreamTrack');
  switcher.close();
});

it('is ready on a new path although something is held there, and takes it from there', async () => {
  const { switcher, told, methods, answers, platform } = await receiving({
    consumers: [consumer('p1', false)],
    failed: [],
  });
  answers['subscribe'] = heldNow('p1');
  switcher.handleNotification('topologyChanged', { topology: 'sfu', reason: 'mediaServerDied', path: 2 });
  await until(() => told.length === 1);
  await platform.clock.advance(LINGER);
  await until(() => methods.includes('pathReady'));
  expect(told).toEqual(['p1 notLoudest']);
  switcher.handleNotification('pathSettled', { path: 2 });
  switcher.handleNotification('newConsumer', {
    consumer: { ...consumer('p1', false), consumerId: 'c-p1-again' },
  });
  await until(() => told.includes('p1 comes'));
  expect(told).toEqual(['p1 notLoudest', 'p1 flows', 'p1 comes']);
  switcher.close();
});
