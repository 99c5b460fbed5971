import { isErrorCode, PeerSignal, PeerSignalRequests, type PeerSignalRequest } from '@parlor/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyValue, mutate, mutations, STACK_TEXT, type Mutation } from '../support/hostileMessages.js';
import { signalServer, type SignalTestServer } from './signalServer.js';
import type { SignalClient } from './SignalClient.js';

/** Whatever one client sends: it gets a coded answer, the server stays, two others hold their call. */

const EVENTS = Object.keys(PeerSignalRequests) as PeerSignalRequest[];
const SDP = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n';

const SIGNALS: object[] = [
  { type: 'offer', sdp: SDP },
  { type: 'answer', sdp: SDP },
  { type: 'pranswer', sdp: SDP },
  { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 },
  { type: 'candidate', candidate: { candidate: '', sdpMid: '0', sdpMLineIndex: 0 } },
  { candidate: null },
  { type: 'transceiverRequest', transceiverRequest: { kind: 'video', init: { direction: 'sendonly' } } },
  { type: 'renegotiate', renegotiate: true },
  { type: 'reject' },
  { type: 'busy' },
  { type: 'hangup' },
];

type Step =
  | { event: PeerSignalRequest; values: unknown[] }
  | { event: PeerSignalRequest; signal: number; to: number; changes: Mutation[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ event: fc.constantFrom(...EVENTS), values: fc.array(anyValue, { maxLength: 3 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      event: fc.constantFrom<PeerSignalRequest>('peer-signal', 'peer-signal', 'join-room', 'leave-room'),
      signal: fc.nat(SIGNALS.length - 1),
      to: fc.nat(3),
      changes: mutations(2),
    }),
  },
);

describe('hostile signals', () => {
  let server: SignalTestServer;
  let people: [alice: SignalClient, bob: SignalClient];
  beforeAll(async () => {
    server = await signalServer({ socketLimits: { messagesPerSecond: 1e6, messageBurst: 1e6 } });
    people = [await server.join('Alice'), await server.join('Bob')];
    const [alice, bob] = people;
    await alice.signal(bob.id, SIGNALS[0]);
    await bob.signal(alice.id, SIGNALS[1]);
  });
  afterAll(() => server.close());

  test('one after the other', { timeout: 120_000 }, async () => {
    const [alice, bob] = people;
    const mallory = await server.connect();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
        const targets = [alice.id, bob.id, mallory.id, 'nobody'];
        for (const one of steps) {
          const args =
            'values' in one
              ? one.values
              : [
                  mutate(
                    {
                      id: targets[one.to],
                      roomName: 'general',
                      pseudo: 'Mallory',
                      signal: SIGNALS[one.signal],
                    },
                    one.changes,
                  ),
                ];
          const answer: unknown = await mallory.socket.timeout(5000).emitWithAck(one.event, ...args);
          expectCoded(answer);
        }
        expect(server.errors).toEqual([]);
      }),
      { numRuns: 150 },
    );
    // Still in their call: what the third one sent came in its own name, and a hangup between the two is passed on.
    for (const client of people) {
      for (const data of client.signals() as { id: string; pseudo: string; roomName: string }[]) {
        expect([...people, mallory].map(({ id }) => id)).toContain(data.id);
        if (data.id === mallory.id) expect(['Alice', 'Bob']).not.toContain(data.pseudo);
      }
    }
    const before = bob.signals().length;
    expect(await alice.signal(bob.id, { type: 'hangup' })).toEqual({});
    // The acknowledgement of what bob sends comes after what was passed on to him.
    await bob.signal(alice.id, { type: 'hangup' });
    expect(bob.signals().slice(before)).toContainEqual(
      expect.objectContaining({ id: alice.id, signal: { type: 'hangup' } }),
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('as packets that are none', async () => {
    const [alice] = people;
    for (const text of [
      '2',
      '2[',
      '2[]',
      '2["peer-signal"',
      '2["peer-signal",{"__proto__":{"polluted":1}}]',
      '9x',
    ]) {
      const client = await server.connect();
      await client.join('general', 'Broken');
      const ended = client.ended();
      // Below Socket.IO: a message of Engine.IO with anything in it.
      client.socket.io.engine.send(text);
      const still = client.request('peer-signal', { id: 'nobody', roomName: 'general', signal: SIGNALS[0] });
      await Promise.race([ended, still.catch(() => undefined)]);
      client.close();
    }
    expect(await alice.join('general', 'Alice')).toHaveProperty('id', alice.id);
    expect(server.errors).toEqual([]);
  });
});

function expectCoded(answer: unknown): void {
  const text = JSON.stringify(answer);
  expect(text).not.toMatch(STACK_TEXT);
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return;
  expect(answer.error, text).toEqual({ code: expect.any(String), message: expect.any(String) });
  const { code } = answer.error as { code: string };
  expect(isErrorCode(code) && code !== 'INTERNAL', text).toBe(true);
}

describe('the shape of signals', () => {
  test('what passes is small, whatever was sent', () => {
    fc.assert(
      fc.property(fc.nat(SIGNALS.length - 1), mutations(4), (index, changes) => {
        const parsed = PeerSignal.safeParse(mutate(SIGNALS[index], changes));
        if (!parsed.success) return;
        expect(Object.keys(parsed.data).length).toBeLessThanOrEqual(16);
        expect(JSON.stringify(parsed.data).length).toBeLessThan(80_000 * 6);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(SIGNALS.map((signal) => ({ signal })))('%j passes as it is', ({ signal }) => {
    expect(PeerSignal.parse(signal)).toEqual(signal);
  });

  test.each([
    [{ type: 'offer' }, 'sdp'],
    [{ type: 'offer', sdp: 'v'.repeat(70_000) }, 'sdp'],
    [{ candidate: 'c'.repeat(3000) }, 'candidate'],
    [{ type: 'candidate', candidate: 'text' }, 'candidate'],
    [{ type: 'transceiverRequest', transceiverRequest: { kind: 'smell' } }, 'transceiverRequest.kind'],
    [{ type: 'hangup', why: { deep: {} } }, 'why'],
    [{ type: 7 }, 'type'],
    [{}, 'candidate'],
  ])('%j is refused, with a word about what is wrong', (signal, path) => {
    const parsed = PeerSignal.safeParse(signal);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});
