import { describe, expect, it } from 'vitest';
import { FakePlatform } from '../../testing/index.js';
import type { Stream } from '../../stats/streamHealth.js';
import { QUALITY_INTERVAL, QualityWatch, type WatchedLink } from './QualityWatch.js';

/** A connection with its statistics: `got` and `lost` packets come in a look's time. */
class Link implements WatchedLink {
  state: RTCPeerConnectionState = 'connected';
  got = 100;
  lost = 0;
  /** Seconds. */
  frozen = 0;
  roundTripTime = 0.02;
  /** What the other end reports of what is sent. */
  fractionLost: number | undefined = undefined;
  /** Connectivity checks come through, and reports. */
  answers = true;
  /** The browser counts them, which Firefox does not. */
  counts = true;
  #sent = 0;
  #reported = 0;
  #answered = 0;
  #sums = { timestamp: 0, packetsReceived: 0, packetsLost: 0, totalFreezesDuration: 0 };

  /** A packet has come. */
  began = true;

  /** What is received of the other is paused. */
  rests = false;

  streams(): Stream[] {
    return [
      { producerId: 'theirs', mid: '0', direction: 'recv' } as const,
      { producerId: 'ours', mid: '1', direction: 'send' } as const,
    ].filter(({ direction }) => direction === 'send' || !this.rests);
  }

  stats(): Promise<RTCStatsReport> {
    this.#sums.timestamp += QUALITY_INTERVAL;
    this.#sums.packetsReceived += this.got;
    this.#sums.packetsLost += this.lost;
    this.#sums.totalFreezesDuration += this.frozen;
    const { fractionLost } = this;
    const entries = [
      ...(this.began ? [{ id: 'in', type: 'inbound-rtp', mid: '0', jitter: 0.002, ...this.#sums }] : []),
      { id: 'out', type: 'outbound-rtp', mid: '1' },
      ...(fractionLost === undefined
        ? []
        : [{ id: 'rr', type: 'remote-inbound-rtp', localId: 'out', fractionLost, roundTripTime: 0.02 }]),
      {
        id: 'transport',
        type: 'transport',
        packetsReceived: this.#sums.packetsReceived + (this.#reported += this.answers ? 1 : 0),
      },
      {
        id: 'pair',
        type: 'candidate-pair',
        selected: true,
        currentRoundTripTime: this.roundTripTime,
        ...(this.counts && {
          requestsSent: (this.#sent += 1),
          responsesReceived: (this.#answered += this.answers ? 1 : 0),
        }),
      },
    ];
    return Promise.resolve(new Map(entries.map((entry) => [entry.id, entry])));
  }
}

function setup(links = [new Link()]) {
  const platform = new FakePlatform();
  const told: string[] = [];
  const around = { links, paused: false };
  const seen: boolean[] = [];
  const watch = new QualityWatch({
    platform,
    links: () => around.links,
    onScore: (producerId, score) => told.push(`${producerId} ${String(score)}`),
    isPaused: () => around.paused,
    onSeen: (_link, moves) => seen.push(moves),
  });
  /** What is told from now on, in so many looks. */
  const look = async (times = 1) => {
    told.length = 0;
    await platform.clock.advance(times * QUALITY_INTERVAL);
    return [...told];
  };
  watch.wake();
  return { platform, around, links, watch, look, seen };
}

describe('QualityWatch', () => {
  it('says nothing before the first packet, and 10 of a stream without a fault', async () => {
    const { look, links } = setup();
    links[0]!.began = false;
    expect(await look(2)).toEqual([]);
    links[0]!.began = true;
    expect(await look(2)).toEqual(['theirs 10', 'theirs 10']);
  });

  it('knows of a stream that comes and is gone before the next look', async () => {
    const { look, links } = setup();
    Object.assign(links[0]!, { lost: 50 });
    expect(await look()).toEqual(['theirs 2']);
    Object.assign(links[0]!, { got: 0, lost: 0 });
    expect(new Set(await look(2))).toEqual(new Set(['theirs 2']));
    links[0]!.answers = false;
    expect(await look(3)).toContain('theirs 0');
  });

  it('goes by what was lost since the last look, smoothed', async () => {
    const { look, links } = setup();
    await look(2);
    links[0]!.lost = 50;
    // A third lost is a score of 2.
    expect(await look(3)).toEqual(['theirs 6', 'theirs 4', 'theirs 3']);
    links[0]!.lost = 0;
    expect(await look(2)).toEqual(['theirs 6', 'theirs 8']);
  });

  it('counts time that a picture stood still, and delay', async () => {
    const { look, links } = setup();
    await look(2);
    links[0]!.frozen = QUALITY_INTERVAL / 1000;
    expect(await look()).toEqual(['theirs 5']);
    links[0]!.frozen = 0;
    links[0]!.roundTripTime = 1.2;
    expect(await look(4)).toEqual(['theirs 5', 'theirs 4', 'theirs 4', 'theirs 4']);
  });

  it('repeats itself about what is at rest, and makes nothing of packets that come late', async () => {
    const { look, links } = setup();
    await look(2);
    links[0]!.got = 0;
    expect(new Set(await look(2))).toEqual(new Set(['theirs 10']));
    Object.assign(links[0]!, { got: 100, lost: -10 });
    expect(await look()).toEqual(['theirs 10']);
  });

  it('is 0 at once for what comes over a connection that is down, and back as fast', async () => {
    const { look, links } = setup();
    await look(2);
    links[0]!.state = 'disconnected';
    expect(await look()).toEqual(['theirs 0']);
    links[0]!.state = 'connecting';
    expect(await look()).toEqual([]);
    links[0]!.state = 'connected';
    expect(await look()).toEqual(['theirs 10']);
  });

  it('sees within 3 s that nothing comes over a connection that seems to stand, and that it comes again', async () => {
    const { look, links, seen } = setup();
    await look(2);
    expect(seen).toEqual([true, true]);
    Object.assign(links[0]!, { got: 0, answers: false });
    expect(await look(3)).toContain('theirs 0');
    expect(seen.at(-1)).toBe(false);
    Object.assign(links[0]!, { got: 100, answers: true });
    expect(await look()).toEqual(['theirs 10']);
    expect(seen.at(-1)).toBe(true);
  });

  it('sees it as fast by reports alone, where browsers do not count checks', async () => {
    const { look, links, seen } = setup();
    Object.assign(links[0]!, { counts: false });
    await look(2);
    links[0]!.got = 0;
    await look(10);
    expect(seen).not.toContain(false);
    links[0]!.answers = false;
    await look(3);
    expect(seen.at(-1)).toBe(false);
  });

  it('looks more often while it is not known why nothing comes', async () => {
    const { look, links } = setup();
    await look(2);
    links[0]!.got = 0;
    expect((await look(2)).length).toBeGreaterThan(2);
    await look();
    expect(await look(2)).toHaveLength(2);
  });

  it('makes nothing of what is paused, nor of somebody who sends nothing', async () => {
    const { look, links, around, seen } = setup();
    await look(2);
    links[0]!.got = 0;
    await look(10);
    Object.assign(around, { paused: true });
    links[0]!.answers = false;
    await look(10);
    expect(seen).not.toContain(false);
  });

  it('judges what is sent by the end that receives it best', async () => {
    const [near, far] = [new Link(), new Link()];
    const { look } = setup([near, far]);
    near.fractionLost = 0;
    far.fractionLost = 0.5;
    const ours = (told: string[]) => told.filter((each) => each.startsWith('ours'));
    expect(ours(await look())).toEqual(['ours 10']);
    near.fractionLost = undefined;
    expect(await look()).toContain('ours 5');
    // What is down says nothing of this side.
    far.state = 'failed';
    expect(ours(await look())).toEqual([]);
  });

  it('rests while nobody is there, and stops', async () => {
    const { platform, around, watch, look } = setup();
    watch.wake();
    expect(platform.held.timers).toBe(1);
    around.links = [];
    await look();
    watch.wake();
    expect(platform.held.timers).toBe(0);
    around.links = [new Link()];
    watch.wake();
    watch.close();
    watch.wake();
    expect(platform.held.timers).toBe(0);
  });

  it('does not take the time for which a stream rested for a freeze', async () => {
    const { links, look } = setup();
    const [link] = links;
    if (!link) throw new Error('no link');
    await look(2);
    Object.assign(link, { rests: true, got: 0 });
    expect(await look(10)).toEqual([]);
    // Asked for again: it comes with the third look, and the frame before it has stood for 12 s.
    Object.assign(link, { rests: false });
    expect(new Set(await look(2))).toEqual(new Set(['theirs 10']));
    Object.assign(link, { got: 100, frozen: 12 });
    expect(await look()).toEqual(['theirs 10']);
    Object.assign(link, { frozen: 0 });
    expect(await look()).toEqual(['theirs 10']);
    Object.assign(link, { frozen: 0.9 });
    expect(await look()).toEqual(['theirs 5']);
  });
});
