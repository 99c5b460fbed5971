import fc from 'fast-check';
import { isErrorCode } from '@parlor/protocol';
import { describe, expect, test } from 'vitest';
import { hostileCall } from './support/call.js';
import type { Frame } from './support/FrameLog.js';
import { anyValue, mutate, mutations, STACK_TEXT, type Mutation } from './support/hostileMessages.js';
import { memoryServer } from './support/memoryServer.js';
import { wellFormed, type KnownIds } from './support/requests.js';
import type { TestClient } from './support/TestClient.js';

type Step = { raw: string } | { value: unknown } | { request: number; changes: Mutation[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ raw: fc.string({ unit: 'binary', maxLength: 200 }) }) },
  { weight: 1, arbitrary: fc.record({ value: anyValue }) },
  { weight: 8, arbitrary: fc.record({ request: fc.nat(1000), changes: mutations(3) }) },
);

/** What goes over the wire, and the id that has to be answered if there is one. */
function write(one: Step, client: TestClient, ids: KnownIds): { text: string; id: unknown } {
  if ('raw' in one) return { text: one.raw, id: undefined };
  if ('value' in one) return { text: JSON.stringify(one.value), id: undefined };
  const requests = wellFormed(ids);
  const message = mutate(
    { request: true, id: client.nextId(), ...requests[one.request % requests.length] },
    one.changes,
  );
  return { text: JSON.stringify(message), id: answerableId(message) };
}

function answerableId(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
  if ('response' in message || 'notification' in message) return undefined;
  return 'id' in message && typeof message.id === 'number' ? message.id : undefined;
}

const answers = (client: TestClient, id: unknown): Frame[] =>
  client.log.frames.filter((frame) => frame.response === true && frame.id === id);

async function deliver(
  client: TestClient,
  { text, id }: { text: string; id: unknown },
): Promise<Frame | undefined> {
  const before = client.log.frames.length;
  client.send(text);
  if (typeof id === 'number') await client.answerTo(id);
  await client.settled();
  return client.log.frames.slice(before).find((frame) => frame.response === true && frame.id === id);
}

function expectCoded(client: TestClient): void {
  for (const frame of client.log.frames) {
    if (frame.ok === false) {
      expect(frame, JSON.stringify(frame)).toMatchObject({
        errorCode: expect.any(Number),
        errorReason: expect.any(String),
      });
      expect(isErrorCode(frame.code) && frame.code !== 'INTERNAL', JSON.stringify(frame)).toBe(true);
    }
    if (frame.method === 'error') expect(isErrorCode(frame.data?.['code']), JSON.stringify(frame)).toBe(true);
  }
  expect(client.log.texts.filter((text) => STACK_TEXT.test(text))).toEqual([]);
}

describe('hostile messages', () => {
  test(
    'one after the other: each is answered by a code, the others notice nothing',
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          const server = memoryServer();
          const mallory = await server.connect('mallory');
          const { ids, bob } = await hostileCall(mallory, await server.connect('bob'));
          for (const one of steps) {
            const seen = bob.client.log.frames.length;
            const message = write(one, mallory, ids);
            const answer = await deliver(mallory, message);
            const noticed = bob.client.log.frames.slice(seen);
            // Whoever wants a publication carried on by other media has given the former up, also when that is refused.
            const givenUp = ({ method, data }: Frame) =>
              method === 'producerClosed' && data?.['producerId'] === ids.producer;
            if (answer?.ok !== true)
              expect(
                noticed.filter((frame) => !givenUp(frame)),
                message.text,
              ).toEqual([]);
            // What was granted concerns the sender alone.
            for (const { data = {} } of noticed) {
              const owner =
                data['peerId'] ?? data['from'] ?? (data['producerId'] === ids.producer && 'mallory');
              expect(owner, message.text).toBe('mallory');
            }
          }
          expectCoded(mallory);
          expect(mallory.closeFrame).toBeUndefined();
          expect(server.errors).toEqual([]);
          // The other one's media is untouched, and so is the room.
          expect(await bob.client.request('pauseProducer', { producerId: bob.video })).toMatchObject({
            ok: true,
          });
          expect(await bob.client.request('restartIce', { transportId: bob.recv })).toMatchObject({
            ok: true,
          });
          expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
        }),
        { numRuns: 400 },
      );
    },
  );

  test('all at once: every request is answered exactly once', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const server = memoryServer();
        const mallory = await server.connect('mallory');
        const { ids, bob } = await hostileCall(mallory, await server.connect('bob'));
        const messages = steps.map((one) => write(one, mallory, ids));
        for (const { text } of messages) mallory.send(text);
        const asked = messages.map(({ id }) => id).filter((id) => typeof id === 'number');
        for (const id of asked) await mallory.answerTo(id);
        await mallory.settled();
        for (const id of new Set(asked)) {
          expect(answers(mallory, id)).toHaveLength(asked.filter((other) => other === id).length);
        }
        expectCoded(mallory);
        expect(mallory.closeFrame).toBeUndefined();
        expect(server.errors).toEqual([]);
        expect(await bob.client.request('pauseProducer', { producerId: bob.video })).toMatchObject({
          ok: true,
        });
      }),
      { numRuns: 80 },
    );
  });

  test('before joining', { timeout: 60_000 }, async () => {
    const nobody: KnownIds = {
      send: 'transport-1',
      recv: 'transport-2',
      producer: 'producer-1',
      consumer: 'consumer-1',
      foreignProducer: 'producer-2',
      foreignTransport: 'transport-3',
      foreignConsumer: 'consumer-2',
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const server = memoryServer();
        const mallory = await server.connect('mallory');
        for (const one of steps) await deliver(mallory, write(one, mallory, nobody));
        expectCoded(mallory);
        expect(mallory.closeFrame).toBeUndefined();
        expect(server.errors).toEqual([]);
        mallory.disconnect();
        expect(server.rooms.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
