import { describe, expect, it } from 'vitest';
import { bindingRequest, isBindingResponse } from './stun.js';

// RFC 5769 §2.2: a success response with SOFTWARE, XOR-MAPPED-ADDRESS, MESSAGE-INTEGRITY and FINGERPRINT.
const RESPONSE = Buffer.from(
  '0101003c2112a442b7e7a701bc34d686fa87dfae' +
    '8022000b7465737420766563746f7220' +
    '002000080001a147e112a643' +
    '000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7' +
    '80280004c07d4c96',
  'hex',
);
const ID = Buffer.from('b7e7a701bc34d686fa87dfae', 'hex');

describe('bindingRequest', () => {
  it('is a bare header (RFC 8489 §5)', () => {
    expect(bindingRequest(ID).toString('hex')).toBe('000100002112a442b7e7a701bc34d686fa87dfae');
  });
});

describe('isBindingResponse', () => {
  it('knows the response of RFC 5769', () => {
    expect(isBindingResponse(RESPONSE, ID)).toBe(true);
  });

  it('takes an error response for an answer', () => {
    const error = Buffer.from('011100002112a442b7e7a701bc34d686fa87dfae', 'hex');
    expect(isBindingResponse(error, ID)).toBe(true);
  });

  it('waits for the whole message, and takes no heed of what follows it', () => {
    for (let length = 0; length < RESPONSE.length; length += 1) {
      expect(isBindingResponse(RESPONSE.subarray(0, length), ID)).toBe(false);
    }
    expect(isBindingResponse(Buffer.concat([RESPONSE, Buffer.from('more')]), ID)).toBe(true);
  });

  it.each([
    ['a request', '00010000', 0],
    ['an indication', '0011', 0],
    ['another method', '0103', 0],
    ['a wrong cookie', '2112a443', 4],
    ['another transaction', 'ff', 8],
    ['a length that is no multiple of four', '003b', 2],
  ])('refuses %s', (_what, hex, at) => {
    const bytes = Buffer.from(RESPONSE);
    Buffer.from(hex, 'hex').copy(bytes, at);
    expect(isBindingResponse(bytes, ID)).toBe(false);
  });
});
