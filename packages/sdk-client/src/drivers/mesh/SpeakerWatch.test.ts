import { describe, expect, it } from 'vitest';
import { FakeMediaStreamTrack, FakePlatform } from '../../testing/index.js';
import type { Speaker } from './loudness.js';
import type { OwnAudio } from './OwnLevels.js';
import { SPEAKER_INTERVAL, SpeakerWatch } from './SpeakerWatch.js';

/** Somebody who is heard: each look finds newer sound, until he is silent. */
class Voice {
  level = 0;
  sending = true;
  #packets = 0;

  getSynchronizationSources(): RTCRtpSynchronizationSource[] {
    if (this.sending) this.#packets += 1;
    return [{ timestamp: this.#packets, audioLevel: this.level, source: 1, rtpTimestamp: 0 }];
  }
}

/** What this page sends, as Chromium tells of it: energy that adds up. */
class OwnVoice implements OwnAudio {
  readonly producerId = 'own';
  readonly mediaStreamTrack = new FakeMediaStreamTrack({ kind: 'audio' });
  readonly sender = { getStats: () => Promise.resolve(this.#report()) };
  peak = 0;
  tells = true;
  #energy = 0;
  #seconds = 0;

  #report(): RTCStatsReport {
    this.#energy += this.peak ** 2;
    this.#seconds += 1;
    const sums = { totalAudioEnergy: this.#energy, totalSamplesDuration: this.#seconds };
    return new Map([['source', { type: 'media-source', kind: 'audio', ...(this.tells ? sums : {}) }]]);
  }
}

function setup() {
  const platform = new FakePlatform();
  const [own, bob] = [new OwnVoice(), new Voice()];
  const told: (readonly Speaker[])[] = [];
  const around = { connected: true, own: [own], heard: [{ peerId: 'bob', receiver: bob as never }] };
  const watch = new SpeakerWatch({
    platform,
    selfId: 'alice',
    isConnected: () => around.connected,
    own: () => around.own,
    heard: () => around.heard,
    onSpeakers: (speakers) => told.push(speakers),
  });
  const listen = (times = 1) => platform.clock.advance(times * SPEAKER_INTERVAL);
  const names = () => told.map((speakers) => speakers.map(({ peerId }) => peerId).join());
  return { platform, own, bob, told, around, watch, listen, names };
}

describe('SpeakerWatch', () => {
  it('tells when others speak than before, the loudest first, and nothing while that is so', async () => {
    const { own, bob, watch, listen, names } = setup();
    watch.wake();
    await listen(3);
    expect(names()).toEqual([]);
    bob.level = 0.1;
    await listen(3);
    own.peak = 0.9;
    await listen(3);
    bob.level = 0;
    await listen(2);
    own.peak = 0;
    await listen(3);
    expect(names()).toEqual(['bob', 'alice,bob', 'alice', '']);
  });

  it('takes sound that has stopped coming for silence, whatever level it had', async () => {
    const { bob, watch, listen, names } = setup();
    bob.level = 0.5;
    watch.wake();
    await listen();
    bob.sending = false;
    await listen(2);
    expect(names()).toEqual(['bob', '']);
  });

  it('judges by the mean of an interval: a click is no speech', async () => {
    const { platform, bob, watch, listen, names } = setup();
    watch.wake();
    await listen();
    bob.level = 0.5;
    await platform.clock.advance(SPEAKER_INTERVAL / 4);
    bob.level = 0;
    await listen(2);
    expect(names()).toEqual([]);
  });

  it('does not take the peaks that statistics tell of a quiet room for speech', async () => {
    const { own, watch, listen, names } = setup();
    // -48 dBov of peaks are -58 of mean.
    own.peak = 10 ** (-48 / 20);
    watch.wake();
    await listen(3);
    expect(names()).toEqual([]);
  });

  it('measures where statistics do not tell, and lets the meter go', async () => {
    const { platform, own, around, watch, listen, names } = setup();
    own.tells = false;
    platform.loudness = 0.1;
    watch.wake();
    await listen();
    expect(names()).toEqual(['alice']);
    expect(platform.meters).toBe(1);
    around.own = [];
    await listen();
    expect(names()).toEqual(['alice', '']);
    expect(platform.meters).toBe(0);
  });

  it('rests while nobody is connected, runs once, and stops', async () => {
    const { platform, around, watch, listen } = setup();
    around.connected = false;
    watch.wake();
    expect(platform.held.timers).toBe(0);
    around.connected = true;
    watch.wake();
    watch.wake();
    expect(platform.held.timers).toBe(1);
    await listen();
    expect(platform.held.timers).toBe(1);
    around.connected = false;
    await listen();
    expect(platform.held.timers).toBe(0);
    around.connected = true;
    watch.wake();
    watch.close();
    watch.wake();
    expect(platform.held.timers).toBe(0);
  });
});
