import { isErrorCode, RtcRoutes, type RtcOperation } from '@parlor/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleAudio, sampleDtls, sampleVideo } from '../../src/testing/rtpSamples.js';
import { anyValue, mutate, mutations, STACK_TEXT } from '../support/hostileMessages.js';
import { rtpCapabilities } from '../support/requests.js';
import { consume, enterCall } from './call.js';
import { rtcServer } from './rtcServer.js';

/** What nobody would send: a success or a code, and nobody else is disturbed. */

const bodies: Partial<Record<RtcOperation, unknown>> = {
  joinRoom: { displayName: 'Mallory' },
  createTransport: { direction: 'send' },
  connectTransport: { dtlsParameters: sampleDtls() },
  produce: { kind: 'video', rtpParameters: sampleVideo(), appData: { source: 'camera' }, paused: true },
  consume: { producerId: 'nobody', rtpCapabilities },
};

const operation = fc.constantFrom(...(Object.keys(RtcRoutes) as RtcOperation[]));
const body = (of: RtcOperation) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    { weight: 1, arbitrary: anyValue.map((value) => JSON.stringify(value)) },
    {
      weight: 4,
      arbitrary: fc.option(mutations(3)).map((changes) => {
        const wellFormed = bodies[of] ?? {};
        return JSON.stringify(changes ? mutate(wellFormed, changes) : wellFormed);
      }),
    },
  );
const headers = fc.record(
  {
    'idempotency-key': fc.string({ unit: 'grapheme-ascii', maxLength: 300 }).map((key) => key.trim()),
    'accept-language': fc.constantFrom('ja', 'en', 'xx;q=7', ',,;;', 'zh-TW'),
    'last-event-id': fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((id) => id.trim()),
  },
  { requiredKeys: [] },
);
const request = operation.chain((of) =>
  fc.record({
    of: fc.constant(of),
    /** Which id stands in the path. */
    id: fc.oneof(
      fc.constantFrom('own send', 'own recv', 'own producer', 'own consumer', "bob's", 'room', 'elsewhere'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }),
    ),
    body: body(of),
    headers,
  }),
);

test('hostile requests are answered by a success or a code', { timeout: 120_000 }, async () => {
  const server = rtcServer({ limits: { maxProducersPerPeer: 1000, maxTransportsPerPeer: 1000 } });
  const [mallory, bob] = [await server.user('mallory'), await server.user('bob')];
  const his = await enterCall(bob);
  const hers = await enterCall(mallory);
  const hisConsumer = await consume(bob, his.recv, hers.audio);
  const ids = new Map([
    ['own send', hers.send],
    ['own recv', hers.recv],
    ['own producer', hers.audio],
    ['own consumer', await consume(mallory, hers.recv, his.audio)],
    ["bob's", his.audio],
  ]);
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 10 }), async (requests) => {
      for (const one of requests) {
        const { method, path } = RtcRoutes[one.of];
        const id = encodeURIComponent(Buffer.from(ids.get(one.id) ?? one.id).toString());
        // Not an id, but a way to elsewhere.
        if (/^(%2e|\.){1,2}$/i.test(id)) continue;
        const url = path.replace(/\{\w+\}/, id);
        const how = { headers: one.headers, ...(method !== 'GET' && { body: one.body }) };
        const answer = await mallory.ask(method, url, how);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const what = `${method} ${url} ${one.body}: ${answer.text}`;
        expect(answer.text, what).not.toMatch(STACK_TEXT);
        if (answer.status === 200) continue;
        expect([400, 403, 404, 409, 413, 422, 429], what).toContain(answer.status);
        const { error } = answer.body;
        expect(isErrorCode(error) && error !== 'INTERNAL', what).toBe(true);
      }
      // A room she may have gone to is left again.
      await mallory.ask('POST', '/rtc/rooms/room/join');
    }),
    { numRuns: 300 },
  );
  // Else this would have tested one refusal again and again.
  for (const status of [200, 400, 404]) expect(statuses.get(status), String(status)).toBeGreaterThan(50);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(server.errors).toEqual([]);
  const peer = server.sessions.find('bob')?.peer;
  expect(peer?.producers.get(his.audio)?.paused).toBe(false);
  expect([...(peer?.transports.keys() ?? [])]).toEqual([his.send, his.recv]);
  expect(peer?.consumers.get(hisConsumer)?.paused ?? true).toBe(true);
  expect(await bob.did('POST', `/rtc/transports/${his.send}/produce`, audio())).toHaveProperty('id');
  await server.close();
});

const audio = () => ({ kind: 'audio', rtpParameters: sampleAudio() });
