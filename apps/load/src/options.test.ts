import { expect, it } from 'vitest';
import { LoadError } from './LoadError.js';
import { readOptions } from './options.js';
import { report } from './report.js';
import { summarize } from './measure/summarize.js';

const refused = (...argv: string[]): string => {
  try {
    readOptions(argv, {});
  } catch (error) {
    if (error instanceof LoadError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'taken';
};

it('has defaults, and takes the secret from the environment', () => {
  expect(readOptions([], { PARLOR_JWT_SECRET: 's' })).toEqual({
    url: 'ws://127.0.0.1:3000/',
    room: 'load',
    token: undefined,
    secret: 's',
    peers: 10,
    publish: 2,
    durationSeconds: 10,
    joinsPerSecond: 20,
    simulcast: false,
    lastN: undefined,
    layer: undefined,
    json: false,
  });
  expect(readOptions(['--url', 'https://rooms.example.org/media/'], {}).url).toBe(
    'wss://rooms.example.org/media/',
  );
});

it('says what is wrong with an option', () => {
  expect(refused('--peers', '0')).toBe('BAD_OPTION: --peers must be a whole number from 1, not "0"');
  expect(refused('--peers', '2', '--publish', '3')).toMatch(
    /^BAD_OPTION: --publish 3 is more than --peers 2/,
  );
  expect(refused('--duration', '')).toMatch(/^BAD_OPTION: --duration must be a number above 0/);
  expect(refused('--url', 'rooms.example.org')).toMatch(/^BAD_OPTION: --url must be like/);
  expect(refused('--peer', '3')).toMatch(/^BAD_OPTION: .*--help/);
});

it('reports failures with what to do, and that the tool was busy', () => {
  const text = report(
    summarize({
      plan: { url: 'ws://x/', roomId: 'r', peers: 2, publish: 1 },
      peers: [],
      sent: [],
      failures: [{ code: 'ROOM_FULL', message: 'the room is full' }],
      seconds: 1,
      cores: 1.2,
    }),
  );
  expect(text).toMatch(/joined +0 of 2/);
  expect(text).toMatch(/failures +ROOM_FULL 1/);
  expect(text).toContain('ROOM_FULL: the room is full');
  expect(text).toContain('This tool used 1.2 cores');
});
