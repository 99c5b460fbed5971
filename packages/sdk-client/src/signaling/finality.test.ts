import { expect, test } from 'vitest';
import { readClose } from './finality.js';

test.each([
  { close: [4000, 'PEER_REMOVED'], code: 'PEER_REMOVED', final: true },
  { close: [4503, 'MEDIA_SERVER_DIED'], code: 'MEDIA_SERVER_DIED', final: false },
  { close: [4408, 'IDLE_TIMEOUT: nothing heard for too long'], code: 'IDLE_TIMEOUT', final: false },
  { close: [4429, 'RATE_LIMITED: too many messages'], code: 'RATE_LIMITED', final: false },
  { close: [4000, 'the bouncer says no'], code: 'CONNECTION_LOST', final: false },
  { close: [1006, ''], code: 'CONNECTION_LOST', final: false },
  { close: [1009, 'MESSAGE_TOO_LARGE'], code: 'CONNECTION_LOST', final: false },
] as const)('a socket closed by $close', ({ close: [code, reason], ...expected }) => {
  const { error, final } = readClose(code, reason);
  expect({ code: error.code, final }).toEqual({ code: expected.code, final: expected.final });
});
