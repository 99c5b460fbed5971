import { describe, expect, it } from 'vitest';
import { shareUplink, type Copy } from './bitrates.js';

const camera: Copy = { kind: 'video', wanted: 1_700_000 };
const small: Copy = { kind: 'video', wanted: 300_000 };
const microphone: Copy = { kind: 'audio', wanted: 32_000 };

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('shareUplink', () => {
  it('gives everything what it wants where there is room', () => {
    expect(shareUplink([microphone, camera], 4_000_000)).toEqual([32_000, 1_700_000]);
    expect(shareUplink([], 4_000_000)).toEqual([]);
  });

  it('shares what is left after sound evenly, within the uplink', () => {
    const shares = shareUplink([microphone, camera, microphone, camera, microphone, camera], 4_000_000);
    expect(shares).toEqual([32_000, 1_301_333, 32_000, 1_301_333, 32_000, 1_301_333]);
    expect(sum(shares)).toBeLessThanOrEqual(4_000_000);
  });

  it('takes from each in proportion to what it wants', () => {
    const [large = 0, little = 0] = shareUplink([camera, small], 1_000_000);
    expect(large / little).toBeCloseTo(camera.wanted / small.wanted, 2);
  });

  it('keeps sound whole and a trace of video on an uplink that is too small', () => {
    expect(shareUplink([microphone, camera], 20_000)).toEqual([32_000, 60_000]);
    expect(shareUplink([{ kind: 'video', wanted: 40_000 }], 0)).toEqual([40_000]);
  });
});
