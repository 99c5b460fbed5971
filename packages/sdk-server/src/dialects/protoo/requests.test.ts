import { ProtooRequest, type ProtooAnswers, type RtpCapabilities } from '@parlor/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRequest, readMessage, roomText } from './requests.js';

describe('isRequest', () => {
  /** Values on both sides of every bound of the schema, and any other JSON. */
  const oneOf = (...values: unknown[]) =>
    fc.oneof(...values.map((value) => fc.constant(value)), fc.jsonValue());
  const messages = fc.record(
    {
      request: oneOf(true, false, 1),
      id: oneOf(0, -0, -1, 1.5, 7, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1, 1e300, '1'),
      method: oneOf('ping', '', 'x'.repeat(64), 'x'.repeat(65)),
      data: fc.jsonValue(),
      other: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );

  test('agrees with the schema', () => {
    let taken = 0;
    fc.assert(
      fc.property(messages, (message) => {
        const expected = ProtooRequest.safeParse(message).success;
        expect(isRequest(message)).toBe(expected);
        if (expected) taken += 1;
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(0);
  });
});

describe('readMessage', () => {
  test('keeps what the client sent as data', () => {
    const text =
      '{"request":true,"id":3,"method":"sendMessage","data":{"topic":"a","payload":[1,{"b":null}]}}';
    expect(readMessage(text)).toMatchObject({
      type: 'request',
      request: { id: 3, method: 'sendMessage', data: { topic: 'a', payload: [1, { b: null }] } },
    });
  });

  test.each([
    ['{"request":true,"id":-1,"method":"ping"}', -1],
    ['{"request":true,"id":1,"method":""}', 1],
    ['{"request":1,"id":2,"method":"ping"}', 2],
    ['{"id":"x"}', undefined],
  ])('%s is refused with what is wrong', (text, id) => {
    expect(readMessage(text)).toMatchObject({ type: 'invalid', id, error: { code: 'BAD_REQUEST' } });
  });
});

describe('roomText', () => {
  const answer = (rtpCapabilities: RtpCapabilities): ProtooAnswers['joinRoom'] => ({
    roomId: 'a',
    peerId: 'b',
    displayName: 'B "}}"',
    rtpCapabilities,
    peers: [],
    producers: [],
    iceServers: [],
    topology: 'sfu',
    resumeToken: 'c',
  });
  const [here, there] = ['audio/opus', 'video/VP8'].map((mimeType): RtpCapabilities => ({
    codecs: [{ kind: 'audio', mimeType, clockRate: 48_000 }],
    headerExtensions: [],
  })) as [RtpCapabilities, RtpCapabilities];

  test('tells the whole answer, of each room with what that can', () => {
    for (const rtpCapabilities of [here, there, here]) {
      const data = answer(rtpCapabilities);
      expect(JSON.parse(roomText(7, data))).toEqual({ response: true, id: 7, ok: true, data });
    }
  });
});
