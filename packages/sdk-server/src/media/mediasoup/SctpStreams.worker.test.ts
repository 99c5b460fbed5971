import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOCAL_MEDIA, watchWorkers, type WatchedWorkers } from '../../../test/support/workers.js';
import { isParlorError } from '../../errors.js';
import { silentLogger } from '../../logger.js';
import { MediasoupBackend } from './MediasoupBackend.js';

/** What SCTP streams do when their transport goes; what they carry is shown with real clients. */

let watched: WatchedWorkers;
let backend: MediasoupBackend;
beforeAll(async () => {
  watched = watchWorkers();
  backend = await MediasoupBackend.open(LOCAL_MEDIA, silentLogger);
});
afterAll(() => {
  expect(watched.died).toEqual([]);
  watched.stop();
  backend.close();
});

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (isParlorError(error) ? error.code : String(error)),
  );

test('a transport that goes while its streams are opened or used is told by a code', async () => {
  const room = await backend.createRoom('going');
  const create = () => room.createTransport({ direction: 'both', data: true });
  const [opening, using] = [await create(), await create()];
  const streams = await using.openData();
  const opened = outcome(opening.openData());
  const message = { streamId: 3, ppid: 51, data: Uint8Array.of(65) };
  const sent = outcome(streams.send(message));
  opening.close();
  using.close();
  expect([await opened, await sent]).toEqual(['MEDIA_UNAVAILABLE', 'MEDIA_UNAVAILABLE']);
  expect(await outcome(streams.send(message))).toBe('MEDIA_UNAVAILABLE');
  room.close();
});

test('nothing of them is left when the transport is gone', async () => {
  const room = await backend.createRoom('leaving');
  const [router] = watched.routers;
  const transport = await room.createTransport({ direction: 'both', data: true });
  const streams = await transport.openData();
  await streams.send({ streamId: 0, ppid: 51, data: Uint8Array.of(65) });
  const dump = async () => {
    const { mapDataProducerIdDataConsumerIds, mapDataConsumerIdDataProducerId } = await router!.dump();
    return [mapDataProducerIdDataConsumerIds.length, mapDataConsumerIdDataProducerId.length];
  };
  // Sixteen streams and the source of what is sent.
  expect(await dump()).toEqual([17, 17]);
  transport.close();
  expect(await dump()).toEqual([1, 0]);
  room.close();
});
