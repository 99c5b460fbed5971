import { describe, expect, it } from 'vitest';
import { isSignal } from './wire.js';

describe('isSignal', () => {
  it.each([
    { from: 'bob', description: { type: 'offer', sdp: 'v=0', tracks: { 0: 'p1' } } },
    { from: 'bob', connection: 'c', description: { type: 'rollback', sdp: '' } },
    { from: 'bob', candidate: { candidate: 'candidate:1', sdpMid: '0' } },
    { from: 'bob', candidate: null },
    { from: 'bob', telepathy: true },
  ])('takes %j', (data) => {
    expect(isSignal(data)).toBe(true);
  });

  it.each([
    { candidate: null },
    { from: 'bob', connection: 7, candidate: null },
    { from: 'bob', candidate: 'candidate:1' },
    { from: 'bob', candidate: {} },
    { from: 'bob', description: null },
    { from: 'bob', description: { type: 'pranswer', sdp: 'v=0' } },
    { from: 'bob', description: { type: 'answer' } },
    { from: 'bob', description: { type: 'offer', sdp: 'v=0', tracks: { 0: 1 } } },
  ])('does not take %j', (data) => {
    expect(isSignal(data)).toBe(false);
  });
});
