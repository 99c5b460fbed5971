import { describe, expect, test } from 'vitest';
import { enterCall, type InCall } from './support/call.js';
import type { Frame } from './support/FrameLog.js';
import { memoryServer, type MemoryServer } from './support/memoryServer.js';
import type { TestClient } from './support/TestClient.js';

/** What somebody hears while something happens, whose every consequence has been told when it resolves. */
async function heardDuring(client: TestClient, happening: () => Promise<unknown>): Promise<Frame[]> {
  const before = client.log.frames.length;
  await happening();
  await client.settled();
  return client.log.frames.slice(before).filter(({ notification }) => notification);
}

async function roomOf(count: number): Promise<{ server: MemoryServer; calls: InCall[] }> {
  const server = memoryServer();
  const calls: InCall[] = [];
  for (let index = 0; index < count; index++) {
    const call = await enterCall(await server.connect(`peer-${String(index)}`));
    await call.client.ask('subscribe', { producerIds: [], follow: true });
    calls.push(call);
  }
  return { server, calls };
}

describe.each([2, 50])('in a room of %i', (count) => {
  test('one more costs each of the others one message, and one for each of their tracks', async () => {
    const { server, calls } = await roomOf(count);
    const newcomer = await server.connect('newcomer');
    const lengths = calls.map(({ client }) => client.log.frames.length);
    const { video } = await enterCall(newcomer);
    for (const [index, { client }] of calls.entries()) {
      await client.log.find(({ method, data }) => method === 'newProducer' && data?.['producerId'] === video);
      await client.settled();
      const told = client.log.frames.slice(lengths[index]).filter(({ notification }) => notification);
      expect(told.map(({ method }) => method)).toEqual(['peerJoined', 'newProducer', 'newProducer']);
      // The consumer is in it: nothing has to be asked for.
      expect(told.map(({ data }) => data?.['consumer'] !== undefined)).toEqual([false, true, true]);
    }
    expect(server.errors).toEqual([]);
  });

  test('who comes is told everything in one answer, and receives everybody by one more', async () => {
    const { server, calls } = await roomOf(count);
    const newcomer = await server.connect('newcomer');
    const notified = await heardDuring(newcomer, async () => {
      const { producers } = (await enterCall(newcomer), await snapshotOf(newcomer));
      expect(producers).toHaveLength(2 * count);
      const { consumers } = await newcomer.ask<{ consumers: object[] }>('subscribe', {
        producerIds: producers.map(({ producerId }) => producerId),
      });
      expect(consumers).toHaveLength(2 * count);
    });
    expect(notified).toEqual([]);
    expect(calls).toHaveLength(count);
  });

  test('what is told to everybody is encoded once', async () => {
    const { server, calls } = await roomOf(count);
    let encodings = 0;
    const payload = {
      toJSON: () => {
        encodings += 1;
        return { text: 'to all' };
      },
    };
    server.rooms.get('room')?.sendMessage('news', payload);
    for (const { client } of calls) {
      await client.settled();
      const news = client.log.frames.filter(({ method }) => method === 'message');
      expect(news.map(({ data }) => data?.['payload'])).toEqual([{ text: 'to all' }]);
      // The numbers are each client's own all the same.
      const numbers = client.log.frames.flatMap(({ notification, data }) =>
        notification ? [data?.['seq']] : [],
      );
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }
    expect(encodings).toBe(1);
  });
});

/** The answer that the client had when it joined. */
async function snapshotOf(client: TestClient): Promise<{ producers: { producerId: string }[] }> {
  const frame = await client.log.find(({ data }) => data?.['peers'] !== undefined);
  return frame.data as { producers: { producerId: string }[] };
}
