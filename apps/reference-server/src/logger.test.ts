import { expect, it } from 'vitest';
import { createLogger } from './logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void, level = 'info'): string {
  let text = '';
  write(createLogger(level, { write: (line: string) => (text += line) }));
  return text;
}

it('writes one JSON line an event', () => {
  const line = logged((logger) => {
    logger.info({ roomId: 'standup' }, 'room\nopened');
  });
  expect(line.trimEnd()).not.toContain('\n');
  expect(JSON.parse(line)).toMatchObject({ level: 30, roomId: 'standup', msg: 'room\nopened' });
});

it('keeps secrets out', () => {
  const text = logged((logger) => {
    logger.info({ token: 't0psecret', ice: { credential: 't0psecret' } }, 'x');
    logger.info(
      { options: { access: { jwtSecret: 't0psecret' } }, headers: { authorization: 't0psecret' } },
      'x',
    );
    logger.info({ req: { method: 'GET', url: '/ws?token=t0psecret' } }, 'x');
  });
  expect(text).not.toContain('t0psecret');
  expect(text).toContain('/ws');
});

it('is silent when told', () => {
  const text = logged((logger) => {
    logger.error({}, 'x');
  }, 'silent');
  expect(text).toBe('');
});
