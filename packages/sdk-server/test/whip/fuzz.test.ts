import { isErrorCode } from '@parlor/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hostileSdp, mutation } from '../sdp/hostileSdp.js';
import { STACK_TEXT } from '../support/hostileMessages.js';
import { fragmentOf, PUBLISHER_OFFER, whipServer, type Answer, type WhipServer } from './whipServer.js';

/** What nobody would send: a success or a code, never a failure of the server, and nobody left behind. */

let server: WhipServer;
beforeEach(() => {
  server = whipServer();
});
afterEach(() => {
  expect(server.errors).toEqual([]);
});

function expectCoded({ status, body, headers }: Answer, about: string): void {
  expect(headers.get('content-type'), about).toContain('application/json');
  const { error } = JSON.parse(body) as { error: string };
  expect(isErrorCode(error) && error !== 'INTERNAL', `${about}: ${error}`).toBe(true);
  expect(status, about).toBeLessThan(500);
  expect(STACK_TEXT.test(body), body).toBe(false);
}

const headerValue = fc
  .string({ unit: 'binary-ascii', maxLength: 80 })
  .map((text) => text.replace(/[^\x20-\x7e]/g, ''));

describe('hostile offers', () => {
  test.each(['whip', 'whep'])('to %s are answered or refused', { timeout: 120_000 }, async (name) => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(hostileSdp, async (body) => {
        const answer = await server.ask('POST', `/${name}/room`, { body });
        if (answer.status === 201) {
          answered += 1;
          const location = answer.headers.get('location') ?? '';
          expect((await server.ask('DELETE', location)).status).toBe(200);
        } else expectCoded(answer, body);
        expect(server.rooms.size).toBe(0);
      }),
      { numRuns: 400 },
    );
    expect(answered).toBeGreaterThan(0);
  });

  test('with any headers and queries are answered or refused', { timeout: 60_000 }, async () => {
    const asked = fc.record({
      type: fc.oneof(
        fc.constant('application/sdp'),
        fc.constant('application/SDP; charset=utf-8'),
        headerValue,
      ),
      accept: fc.oneof(fc.constant('*/*'), headerValue),
      query: fc.webQueryParameters(),
      room: fc
        .string({ unit: 'binary', minLength: 1, maxLength: 140 })
        .map((text) => encodeURIComponent(Buffer.from(text).toString())),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ type, accept, query, room }) => {
        if (/^\.{1,2}$/.test(room)) return;
        const answer = await server.ask('POST', `/whip/${room}?${query}`, {
          body: PUBLISHER_OFFER,
          headers: { 'content-type': type, accept },
        });
        if (answer.status !== 201) expectCoded(answer, JSON.stringify({ type, accept, query, room }));
      }),
      { numRuns: 200 },
    );
  });
});

test('hostile fragments and conditions never end a session', { timeout: 60_000 }, async () => {
  const { location, etag } = await server.open('/whip/room', PUBLISHER_OFFER);
  const lines = fragmentOf(PUBLISHER_OFFER, 'fresh').split('\r\n');
  const body = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .array(mutation, { maxLength: 4 })
      .map((changes) =>
        changes.reduce((list, change) => (list.length > 0 ? change(list) : list), lines).join('\r\n'),
      ),
  );
  const ifMatch = fc.oneof(fc.constant('*'), fc.constant(etag), headerValue);
  await fc.assert(
    fc.asyncProperty(body, ifMatch, async (text, tag) => {
      const answer = await server.ask('PATCH', location, { body: text, headers: { 'if-match': tag } });
      if (answer.status >= 300) expectCoded(answer, `${tag}: ${text}`);
      expect((await server.ask('GET', location)).status).toBe(204);
    }),
    { numRuns: 400 },
  );
});
