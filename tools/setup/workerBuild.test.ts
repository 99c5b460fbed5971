import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { percent } from './workerBuild.mjs';

describe('percent', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells the part that is done, every few seconds', () => {
    const told: string[] = [];
    const onLine = percent((text) => told.push(text));
    onLine('[1/280] Building CXX object a.o');
    vi.advanceTimersByTime(6_000);
    onLine('[70/280] Building CXX object b.o');
    onLine('[71/280] Building CXX object c.o');
    vi.advanceTimersByTime(6_000);
    onLine('In file included from d.cpp');
    onLine('[280/280] Linking CXX executable mediasoup-worker');
    expect(told).toEqual(['25 % compiled (70 of 280 files)', '100 % compiled (280 of 280 files)']);
  });
});
