import { describe, expect, it } from 'vitest';
import { countFaults, mediaOf, NO_FAULTS, signallingOf } from './settings.js';

describe('signallingOf', () => {
  it('lets everything pass when nothing is set', () => {
    const line = { drop: 0, duplicate: 0, delayMs: 0 };
    expect(signallingOf(NO_FAULTS)).toEqual({ toServer: line, toClient: line });
  });

  it('turns percent into shares, the same each way', () => {
    const line = { drop: 0.3, duplicate: 0.05, delayMs: 250 };
    const settings = { ...NO_FAULTS, messagesLost: 30, messagesDoubled: 5, messageDelay: 250 };
    expect(signallingOf(settings)).toEqual({ toServer: line, toClient: line });
  });

  it('loses everything while muted, whatever the sliders say', () => {
    const { toServer, toClient } = signallingOf({ ...NO_FAULTS, muted: true, messagesLost: 10 });
    expect([toServer?.drop, toClient?.drop]).toEqual([1, 1]);
  });
});

describe('mediaOf', () => {
  it('keeps what is sent and what is received apart', () => {
    expect(mediaOf({ ...NO_FAULTS, sentLost: 100, receivedLate: 400 })).toEqual({
      send: { drop: 1, delayMs: 0 },
      receive: { drop: 0, delayMs: 400 },
    });
  });
});

describe('countFaults', () => {
  it('counts sliders that are up and switches that are on', () => {
    expect(countFaults(NO_FAULTS)).toBe(0);
    expect(countFaults({ ...NO_FAULTS, messagesLost: 1, iceFails: true })).toBe(2);
  });
});
