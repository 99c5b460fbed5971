import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDataMessage, writeDataMessage } from '../../src/dialects/sdpWs/dataMessages.js';
import { isParlorError } from '../../src/errors.js';
import { anyValue, mutate, mutations } from '../support/hostileMessages.js';

describe('what comes on a data channel', () => {
  const read = (value: object | string, label = 'chat') =>
    readDataMessage(typeof value === 'string' ? value : JSON.stringify(value), label);

  test('is a message of the protocol', () => {
    expect(read({ topic: 'x', payload: { a: 1 } })).toEqual({
      topic: 'x',
      payload: { a: 1 },
      to: undefined,
    });
    expect(read({ to: 'bob', topic: '', payload: null })).toEqual({ topic: '', payload: null, to: ['bob'] });
    expect(read({ to: ['bob', 'carol'], topic: 'x', payload: 1 }).to).toEqual(['bob', 'carol']);
    expect(read(' \n{"topic":"x","to":null,"payload":1}')).toEqual({
      topic: 'x',
      payload: 1,
      to: undefined,
    });
  });

  test('is text of its own, under the label of its channel', () => {
    for (const text of ['hello', '', '{', '{"a":1}', '[{"topic":"x"}]', '"x"', 'null', '{"topic":5}'])
      expect(read(text)).toEqual({ topic: 'chat', payload: text, to: undefined });
    expect(read('hello', 'l'.repeat(129)).topic).toBe('');
  });

  test('is refused by a code where it only looks like a message', () => {
    for (const value of [
      { topic: 'x'.repeat(129), payload: 1 },
      { topic: 'x' },
      { topic: 'x', payload: 1, to: 5 },
      { topic: 'x', payload: 1, to: [] },
      `{"topic":"x","payload":${'['.repeat(65)}${']'.repeat(65)}}`,
    ])
      expect(() => read(value)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });

  test('whatever it is, it can be passed on or is refused by a code', () => {
    const given = { to: ['bob'], topic: 'x', payload: { a: [1, 'b'] } };
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      anyValue.map((value) => JSON.stringify(value)),
      mutations(3).map((changes) => JSON.stringify(mutate(given, changes))),
    );
    fc.assert(
      fc.property(text, fc.string({ maxLength: 200 }), (incoming, label) => {
        try {
          const { topic, payload } = readDataMessage(incoming, label);
          const passedOn: unknown = JSON.parse(writeDataMessage({ from: 'me', topic, payload }));
          expect(passedOn).toEqual(JSON.parse(JSON.stringify({ from: 'me', topic, payload })));
        } catch (error) {
          expect(isParlorError(error) && error.code).toBe('BAD_REQUEST');
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('messages of the host application come from nobody', () => {
  expect(writeDataMessage({ from: undefined, topic: 'x', payload: 1 })).toBe('{"topic":"x","payload":1}');
});
