import fc from 'fast-check';
import { isErrorCode } from '@parlor/protocol';
import { expect, test } from 'vitest';
import { NEGOTIATION_TIMES } from '../../src/sdp/Negotiator.js';
import { capture } from '../sdp/captures.js';
import { hostileSdp } from '../sdp/hostileSdp.js';
import { anyValue, mutate, mutations, STACK_TEXT, type Mutation } from '../support/hostileMessages.js';
import { sdpWsServer, type SdpWsClient, type SdpWsServer } from './sdpWsServer.js';

type Step =
  | { raw: string }
  | { value: unknown }
  | { message: number; changes: Mutation[] }
  | { type: 'offer' | 'answer'; sdp: string }
  | { waits: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ raw: fc.string({ unit: 'binary', maxLength: 200 }) }) },
  { weight: 1, arbitrary: fc.record({ value: anyValue }) },
  { weight: 4, arbitrary: fc.record({ message: fc.nat(1000), changes: mutations(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom('offer' as const, 'answer' as const), sdp: hostileSdp }),
  },
  { weight: 1, arbitrary: fc.record({ waits: fc.constantFrom(...Object.values(NEGOTIATION_TIMES)) }) },
);

const wellFormed = () => {
  const sdp = capture('chromium-offer');
  return [
    { type: 'join', roomId: 1, sessionId: 'mallory', name: 'Mallory' },
    { type: 'offer', payload: { type: 'offer', sdp }, roomId: 1, sessionId: 'mallory' },
    { type: 'offer', payload: JSON.stringify({ type: 'offer', sdp }), roomId: '1' },
    { type: 'answer', payload: { type: 'answer', sdp } },
    {
      type: 'ice',
      payload: {
        candidate: 'candidate:1 1 UDP 2113667326 192.0.2.1 54400 typ host',
        sdpMLineIndex: 0,
        sdpMid: '0',
      },
    },
    { type: 'leave', roomId: 1, sessionId: 'mallory' },
  ];
};

async function play(one: Step, mallory: SdpWsClient, server: SdpWsServer): Promise<void> {
  if ('waits' in one) await server.pass(one.waits);
  else if ('raw' in one) mallory.write(one.raw);
  else if ('value' in one) mallory.write(JSON.stringify(one.value) ?? '');
  else if ('sdp' in one) mallory.send({ type: one.type, payload: one });
  else {
    const messages = wellFormed();
    mallory.write(JSON.stringify(mutate(messages[one.message % messages.length]!, one.changes)));
  }
  await server.settled();
}

test('whatever a client sends, it gets coded errors and others have their call', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      const server = sdpWsServer();
      const alice = await server.join('alice');
      alice.connection.addTrack('audio');
      alice.offer();
      await server.settled();
      const mallory = await server.join('mallory');
      for (const one of steps) {
        if (mallory.closed) break;
        await play(one, mallory, server);
      }
      for (const message of mallory.messages) {
        if (message.type === 'error') {
          expect(
            isErrorCode(message['code']) && message['code'] !== 'INTERNAL',
            JSON.stringify(message),
          ).toBe(true);
          expect(JSON.stringify(message)).not.toMatch(STACK_TEXT);
        }
      }
      expect(server.errors).toEqual([]);
      mallory.disconnect();
      await server.pass(NEGOTIATION_TIMES.debounce);
      expect([...(server.room()?.peers.keys() ?? [])]).toEqual(['alice']);
      alice.news();
      alice.offer();
      await server.pass(NEGOTIATION_TIMES.glare);
      expect(alice.news().map(({ type }) => type)).toContain('answer');
    }),
    { numRuns: 150 },
  );
}, 60_000);
