import { describe, expect, it } from 'vitest';
import { formatDuration, formatTime, withEntry, type LogEntry } from './eventLog.js';

const entry = (at: number): Omit<LogEntry, 'key'> => ({ at, kind: 'cause', event: undefined, text: 'cut' });

describe('the log', () => {
  it('has the newest first, and unique keys', () => {
    const log = [1, 2, 3].reduce<readonly LogEntry[]>((before, at) => withEntry(before, entry(at)), []);
    expect(log.map(({ at }) => at)).toEqual([3, 2, 1]);
    expect(new Set(log.map(({ key }) => key)).size).toBe(3);
  });

  it('forgets the oldest', () => {
    const times = Array.from({ length: 400 }, (_, at) => at);
    const log = times.reduce<readonly LogEntry[]>((before, at) => withEntry(before, entry(at)), []);
    expect(log).toHaveLength(300);
    expect(log[0]?.at).toBe(399);
    expect(new Set(log.map(({ key }) => key)).size).toBe(300);
  });
});

describe('formatTime', () => {
  it.each([
    [0, '0:00.00'],
    [7_254, '0:07.25'],
    [59_999, '0:59.99'],
    [60_000, '1:00.00'],
    [754_120, '12:34.12'],
  ])('%d ms: %s', (milliseconds, text) => {
    expect(formatTime(milliseconds)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [66.6, '67 ms'],
    [999.4, '999 ms'],
    [1000, '1.0 s'],
    [12_340, '12.3 s'],
  ])('%d ms: %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
