import { isErrorCode, type P2pServerMessage } from '@parlor/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyValue, mutate, mutations, STACK_TEXT } from '../support/hostileMessages.js';
import type { P2pClient } from './P2pClient.js';
import { p2pServer, type P2pServer } from './p2pServer.js';

/** What nobody would send, over real sockets: a coded answer for who sends it, silence for all others. */

let server: P2pServer;
beforeAll(async () => {
  server = await p2pServer({
    socketLimits: { messageBurst: 1e6, messagesPerSecond: 1e6 },
    options: { guessing: { perAddress: 1e6, perRoom: 1e6, free: 1e6 } },
  });
});
afterAll(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

const sdp = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n';
const wellFormed = (to: string) => [
  { type: 'offer', to, sdp },
  { type: 'answer', to, sdp },
  { type: 'candidate', to, candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 } },
];
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ raw: fc.string({ unit: 'binary', maxLength: 200 }) }) },
  { weight: 1, arbitrary: fc.record({ value: anyValue }) },
  { weight: 8, arbitrary: fc.record({ message: fc.nat(2), changes: mutations(3) }) },
);

/** A text frame cannot hold half a character. */
const sendable = (text: string) => Buffer.from(text).toString();

describe('hostile messages', () => {
  test(
    'are answered by a code; what passes is signals, from who sends them',
    { timeout: 120_000 },
    async () => {
      const room = await server.createRoom();
      const [mallory, bob, carol] = await Promise.all(
        ['Mallory', 'Bob', 'Carol'].map((name) => server.enter(room, name)),
      );
      if (!mallory || !bob || !carol) throw new Error('nobody is there');
      await Promise.all([mallory.rest(), bob.rest(), carol.rest()]);

      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          for (const one of steps) {
            let text: string;
            if ('raw' in one) text = one.raw;
            else if ('value' in one) text = JSON.stringify(one.value);
            else text = JSON.stringify(mutate(wellFormed(bob.id)[one.message], one.changes));
            // Leaving is no attack; it would only end the test.
            if (/"leave"/.test(text)) continue;
            mallory.send(sendable(text));
            const [answers, passed, others] = [await mallory.rest(), await bob.rest(), await carol.rest()];
            expect(others, text).toEqual([]);
            // Either it is refused or it reaches one.
            expect(answers.length + passed.length, text).toBe(1);
            for (const answer of answers) expectCoded(answer, text);
            for (const signal of passed) {
              expect(['offer', 'answer', 'candidate'], text).toContain(signal.type);
              expect(signal, text).toMatchObject({ from: mallory.id });
              const members = Object.keys(signal).sort();
              expect(members, text).toEqual(
                ['from', signal.type === 'candidate' ? 'candidate' : 'sdp', 'type'].sort(),
              );
            }
          }
          expect(mallory.texts.filter((text) => STACK_TEXT.test(text))).toEqual([]);
          expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
        }),
        { numRuns: 150 },
      );
      expect(isOpen(mallory) && isOpen(bob) && isOpen(carol)).toBe(true);
    },
  );
});

describe('hostile requests', () => {
  test('never break the server: a success or a code', { timeout: 120_000 }, async () => {
    const room = await server.createRoom();
    const token = await server.user();
    const bodies = [
      { name: 'x', password: '123456', max_participants: 5, expires_minutes: 5 },
      { password: 'wrong!', display_name: 'x' },
    ];
    const request = fc.record({
      path: fc.constantFrom('/api/webrtc/rooms', `/api/webrtc/rooms/${room.roomId}/join`),
      body: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        anyValue.map((value) => JSON.stringify(value)),
        fc
          .tuple(fc.nat(1), mutations(4))
          .map(([which, changes]) => JSON.stringify(mutate(bodies[which], changes))),
      ),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ path, body }) => {
        const answer = await server.ask('POST', path, { token, body: sendable(body) });
        if (answer.status === 200) {
          expect(answer.body.success).toBe(true);
          return;
        }
        expect(answer.body.success).toBe(false);
        const { code } = answer.body;
        expect(isErrorCode(code) && code !== 'INTERNAL', `${body}: ${String(code)}`).toBe(true);
        expect([400, 401, 429]).toContain(answer.status);
        expect(STACK_TEXT.test(JSON.stringify(answer.body))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('for rooms of any name are not found', async () => {
    const token = await server.user();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), async (name) => {
        const id = encodeURIComponent(sendable(name));
        if (/^\.{1,2}$/.test(id)) return;
        const answer = await server.ask('GET', `/api/webrtc/rooms/${id}`, { token });
        expect(answer).toMatchObject({ status: 404, body: { code: 'ROOM_NOT_FOUND' } });
      }),
      { numRuns: 100 },
    );
  });
});

const isOpen = ({ ws }: P2pClient) => ws.readyState === ws.OPEN;

function expectCoded(message: P2pServerMessage, text: string): void {
  expect(message.type, text).toBe('error');
  if (message.type !== 'error') return;
  expect(message.code === 'invalid_message' || isErrorCode(message.code), text).toBe(true);
  expect(message.code, text).not.toBe('INTERNAL');
}
