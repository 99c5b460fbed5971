import { describe, expect, it } from 'vitest';
import { FrameGap } from './FrameGap.js';

const gapOf = (...frames: number[]): FrameGap => {
  const gap = new FrameGap();
  for (const at of frames) gap.frame(at);
  return gap;
};

describe('FrameGap', () => {
  it('knows nothing before the first picture', () => {
    expect(new FrameGap().read(5000)).toEqual({ longest: 0, since: undefined });
    expect(gapOf(5000).read(5000)).toEqual({ longest: 0, since: 0 });
  });

  it('keeps the longest of all', () => {
    expect(gapOf(0, 50, 350, 400).read(420)).toEqual({ longest: 300, since: 20 });
  });

  it('counts a gap that has not ended', () => {
    expect(gapOf(0, 50).read(2050)).toEqual({ longest: 2000, since: 2000 });
  });

  it('leaves out the time for which nothing is expected', () => {
    const gap = gapOf(0, 50);
    gap.pause();
    expect(gap.read(9000)).toEqual({ longest: 50, since: undefined });
    gap.frame(9000);
    gap.frame(9040);
    expect(gap.read(9040).longest).toBe(50);
  });

  it('begins anew, in a gap too', () => {
    const gap = gapOf(0, 50);
    gap.reset(3000);
    expect(gap.read(3000).longest).toBe(0);
    expect(gap.read(3100)).toEqual({ longest: 100, since: 100 });
    gap.frame(3200);
    expect(gap.read(3200).longest).toBe(200);
  });

  it('takes a frame that is ahead of the clock', () => {
    expect(gapOf(0, 60).read(55)).toEqual({ longest: 60, since: 0 });
  });
});
