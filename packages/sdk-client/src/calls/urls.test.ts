import { expect, test } from 'vitest';
import { callsUrl, ticketUrl } from './urls.js';

test.each([
  ['wss://host', 'wss://host/calls'],
  ['https://host/', 'wss://host/calls'],
  ['http://host:3000/ws', 'ws://host:3000/calls'],
  ['https://host/base', 'wss://host/base/calls'],
  ['https://host/base/ws?region=eu#x', 'wss://host/base/calls?region=eu'],
])('calls by the server at %s', (url, expected) => {
  expect(callsUrl({ url, token: undefined, userId: undefined })).toBe(expected);
});

test('the socket says who calls, and the room by which ticket', () => {
  expect(callsUrl({ url: '/rtc', token: 't&t', userId: 'ann b' }, 'https://host/page')).toBe(
    'wss://host/rtc/calls?userId=ann+b&token=t%26t',
  );
  expect(ticketUrl('https://host/ws?region=eu', 'x y')).toBe('wss://host/ws?region=eu&ticket=x+y');
  expect(() => callsUrl({ url: 'ftp://host', token: undefined, userId: undefined })).toThrow(
    expect.objectContaining({ code: 'INVALID_URL' }),
  );
});
