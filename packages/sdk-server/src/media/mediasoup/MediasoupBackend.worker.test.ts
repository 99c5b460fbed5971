import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../../../tools/testing/freePort.js';
import { silentLogger } from '../../logger.js';
import { backendContract } from '../../testing/backendContract.js';
import { MediasoupBackend } from './MediasoupBackend.js';

describe('MediasoupBackend', () => {
  let backend: MediasoupBackend;
  beforeAll(async () => {
    backend = await MediasoupBackend.open({ workers: 1 }, silentLogger);
  });
  afterAll(() => {
    backend.close();
  });

  for (const { name, run } of backendContract) test(name, () => run(backend));

  test('leaves the signals of the process to the application', async () => {
    const listeners = () => [...process.listeners('SIGTERM'), ...process.listeners('SIGINT')];
    const before = listeners();
    const own = await MediasoupBackend.open({ workers: 1 }, silentLogger);
    expect(listeners()).toEqual(before);
    own.close();
  });

  test('says how to help itself when the worker cannot be started', async () => {
    const opening = MediasoupBackend.open(
      { workers: 1, workerBin: '/nowhere/mediasoup-worker' },
      silentLogger,
    );
    await expect(opening).rejects.toMatchObject({
      code: 'MEDIA_UNAVAILABLE',
      message: expect.stringContaining('MEDIASOUP_WORKER_BIN'),
    });
  });

  test('listens on one UDP and one TCP port for everything', async () => {
    const rtcPort = await freePort();
    const own = await MediasoupBackend.open({ workers: 1, rtcPort, listenIp: '127.0.0.1' }, silentLogger);
    const room = await own.createRoom('ports');
    const transports = await Promise.all(
      Array.from({ length: 3 }, () => room.createTransport({ direction: 'recv' })),
    );
    const ports = transports.flatMap(({ info }) =>
      info.iceCandidates.map(({ protocol, port }) => `${protocol} ${String(port)}`),
    );
    expect(new Set(ports)).toEqual(new Set([`udp ${String(rtcPort)}`, `tcp ${String(rtcPort)}`]));
    const taken = MediasoupBackend.open({ workers: 1, rtcPort, listenIp: '127.0.0.1' }, silentLogger);
    await expect(taken).rejects.toMatchObject({ message: expect.stringContaining('PARLOR_RTC_PORT') });
    own.close();
  });
});
