import { ProtooClientNotifications } from '@parlor/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { literal, objectOf, spelled, type Json } from '../testing/spellings.js';
import { numbered, wordsOf } from './notifications.js';
import { passOn, signalFields } from './signals.js';
import { server } from './testing/protooServer.js';

const SDP = `v=0\r\n${'a=rtpmap:96 VP8/90000\r\n'.repeat(20)}`;

/** The SDPs of the next two are as long as each other, which no message tells apart by length. */
const offer = { type: 'offer' as const, sdp: SDP };
const another = { type: 'offer' as const, sdp: SDP.replaceAll('VP8', 'VP9') };
const messageOf = (description: object): Json =>
  JSON.stringify({ notification: true, method: 'signal', data: { to: 'bob', description } });
const fieldsOf = (from: string, description: typeof offer): unknown =>
  JSON.parse(`{${signalFields({ from, signal: { description } })}`);

describe('passing on a description', () => {
  test('reuses how its SDP was written', () => {
    const written = JSON.stringify(SDP).replaceAll('v', '\\u0076');
    const texts: string[] = [];
    const message = messageOf(offer).replace(JSON.stringify(SDP), () => written);
    passOn(
      { signal: (_, signal) => texts.push(numbered(wordsOf({ type: 'signal', from: 'alice', signal }), 5)) },
      { to: 'bob', connection: 'c', description: { ...offer, tracks: { '0': 'p' } } },
      message,
    );
    expect(texts[0]).toContain(`"sdp":${written}`);
    expect(JSON.parse(texts[0] ?? '')).toEqual({
      notification: true,
      method: 'signal',
      data: { seq: 5, from: 'alice', connection: 'c', description: { ...offer, tracks: { '0': 'p' } } },
    });
  });

  test('does not mistake the message for that of another description', () => {
    let said: unknown;
    passOn(
      { signal: () => (said = fieldsOf('carol', another)) },
      { to: 'bob', description: offer },
      messageOf(offer),
    );
    expect(said).toEqual({ from: 'carol', description: another });
  });

  test('ends with the call, also when it fails', () => {
    const refuse = () => {
      throw new Error('gone');
    };
    const description = { ...offer };
    expect(() => {
      passOn({ signal: refuse }, { to: 'bob', description }, messageOf(another));
    }).toThrow('gone');
    // Written from what it is now, not from the message.
    expect(fieldsOf('alice', description)).toEqual({ from: 'alice', description: offer });
  });
});

describe('a signal as a notification, however it is written,', () => {
  const number = fc.integer().map(String);
  const named = (name: string, value: fc.Arbitrary<Json>) =>
    fc.record({ name: fc.oneof(fc.constant(JSON.stringify(name)), literal(name)), value });
  const maybe = <T>(weight: number, value: fc.Arbitrary<T>) =>
    fc.oneof(
      { weight, arbitrary: fc.constant([] as T[]) },
      { weight: 1, arbitrary: value.map((one) => [one]) },
    );
  const all = <T>(...lists: fc.Arbitrary<T[]>[]) => fc.tuple(...lists).map((lists) => lists.flat());
  const must = <T>(value: fc.Arbitrary<T>) => value.map((one) => [one]);

  const anyString = spelled().map(({ literal }) => literal);
  const sdp = fc.oneof(
    { weight: 5, arbitrary: fc.oneof(literal(SDP), fc.constant(JSON.stringify(SDP))) },
    { weight: 3, arbitrary: anyString },
    { weight: 1, arbitrary: number },
  );
  const type = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('offer', 'answer', 'rollback').chain(literal) },
    { weight: 1, arbitrary: anyString },
  );
  const unknown = named('other', fc.oneof(anyString, number, literal(SDP)));
  const tracks = objectOf(
    all(maybe(1, named('0', literal('producer'))), maybe(2, named('sdp', literal(SDP)))),
  );
  const description = objectOf(
    all(
      must(named('type', type)),
      must(named('sdp', sdp)),
      maybe(8, named('sdp', sdp)),
      maybe(4, named('tracks', tracks)),
      maybe(4, unknown),
      maybe(8, named('__proto__', literal(SDP))),
    ),
  );
  const candidate = fc.oneof(fc.constant('null'), objectOf(all(must(named('candidate', anyString)))));
  const data = objectOf(
    all(
      must(
        named('to', fc.oneof({ weight: 9, arbitrary: literal('bob') }, { weight: 1, arbitrary: anyString })),
      ),
      must(named('description', description)),
      maybe(8, named('description', description)),
      maybe(20, named('candidate', candidate)),
      maybe(4, named('connection', literal('c-1'))),
      maybe(4, unknown),
    ),
  );
  const message = objectOf(
    all(
      must(named('notification', fc.constant('true'))),
      must(named('method', literal('signal'))),
      must(named('data', data)),
      maybe(8, named('data', data)),
      maybe(4, unknown),
    ),
  );

  test('says what its schema reads, or is refused', async () => {
    const { connect } = server();
    const [alice, bob] = [connect('alice'), connect('bob')];
    for (const peer of [alice, bob]) await peer.join({ topology: 'p2p' });
    const counts = { passed: 0, refused: 0 };
    fc.assert(
      fc.property(message, (text) => {
        const before = { alice: alice.notifications().length, bob: bob.notifications().length };
        const { data } = JSON.parse(text) as { data: unknown };
        const read = ProtooClientNotifications.signal.safeParse(data);
        alice.socket.receive(text);
        const [told, ...more] = bob.notifications().slice(before.bob);
        const [error] = alice.notifications().slice(before.alice);
        expect(more).toEqual([]);
        if (read.success && read.data.to === 'bob') {
          const { to: _, ...signal } = read.data;
          expect(told).toEqual({
            notification: true,
            method: 'signal',
            data: { seq: expect.any(Number) as number, from: 'alice', ...signal },
          });
          expect(error).toBeUndefined();
          counts.passed += 1;
        } else {
          expect(told).toBeUndefined();
          const code = read.success ? 'PEER_NOT_FOUND' : 'BAD_REQUEST';
          expect(error).toMatchObject({ method: 'error', data: { code } });
          counts.refused += 1;
        }
      }),
      { numRuns: 1000 },
    );
    expect(counts.passed).toBeGreaterThan(0);
    expect(counts.refused).toBeGreaterThan(0);
  });
});
