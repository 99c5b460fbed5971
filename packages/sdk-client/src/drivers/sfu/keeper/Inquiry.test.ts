import type { types } from 'mediasoup-client';
import { describe, expect, it } from 'vitest';
import { ParlorError } from '../../../errors.js';
import { silentLogger } from '../../../logger.js';
import { settle } from '../../../testing/index.js';
import type { DriverContext } from '../../MediaDriver.js';
import { Inquiry } from './Inquiry.js';

const PACKETS_A_SECOND = 50;

interface Sending {
  from?: number;
  /** Where the way ends; none: nowhere. */
  cutAt?: number;
  /** Milliseconds at which the receiver reports. */
  reports: readonly number[];
  packetsASecond?: number;
  lossRate?: number;
  /** Streams that are not reported on any more. */
  isMixed?: boolean;
}

/** Statistics as Firefox gives them, and a server that counts. Milliseconds since the beginning. */
class Setup {
  asked = 0;
  isAway = false;
  readonly inquiry: Inquiry;
  #serverCount: () => number = () => 0;

  constructor(private readonly direction: 'send' | 'recv') {
    const context = {
      logger: silentLogger,
      request: () => {
        this.asked += 1;
        if (this.isAway) return Promise.reject(new ParlorError('NOT_CONNECTED', 'away'));
        const count = this.#serverCount();
        return Promise.resolve({ rtpBytesReceived: count, rtpBytesSent: count });
      },
    } as unknown as DriverContext;
    const transport = { id: 't1' } as types.Transport;
    this.inquiry = new Inquiry({ direction, context, transport });
  }

  async look(at: number, entries: readonly Record<string, unknown>[], serverCount: number): Promise<boolean> {
    this.#serverCount = () => serverCount;
    const all = entries.map((entry, index) => ({ timestamp: at, ...entry, id: String(index) }));
    const isLost = this.inquiry.look(new Map(all.map((entry) => [entry.id, entry])) as RTCStatsReport, at);
    await settle();
    return isLost;
  }

  /** When it is found out that what is received gets lost, by looks a tenth of a second apart. */
  async receive(
    given: { until: number; cutAt?: number; silentFrom?: number },
    step = 100,
  ): Promise<number | undefined> {
    const { until, cutAt = Infinity, silentFrom = Infinity } = given;
    for (let at = step; at <= until; at += step) {
      const sent = Math.min(at, silentFrom);
      const arrived = Math.min(sent, cutAt);
      const pair = {
        type: 'candidate-pair',
        selected: true,
        bytesReceived: arrived,
        lastPacketReceivedTimestamp: arrived,
      };
      if (await this.look(at, [pair], sent)) return at;
    }
    return undefined;
  }

  /** The same of what is sent. */
  async send(given: Sending & { until: number }, step = 100): Promise<number | undefined> {
    const { until, from = 0, cutAt = Infinity, reports, lossRate = 0, isMixed } = given;
    const { packetsASecond = PACKETS_A_SECOND } = given;
    const packets = (at: number) => Math.floor((at * packetsASecond) / 1000);
    const arrived = (at: number) => Math.floor(packets(Math.min(at, cutAt)) * (1 - lossRate));
    for (let at = from + step; at <= until; at += step) {
      const last = reports.filter((each) => each <= at).at(-1) ?? 0;
      const entries = [
        { type: 'outbound-rtp', packetsSent: packets(at) },
        { type: 'remote-inbound-rtp', timestamp: last, packetsReceived: arrived(last) },
        ...(isMixed ? [{ type: 'remote-inbound-rtp', timestamp: 1, packetsReceived: 0 }] : []),
      ];
      if (await this.look(at, entries, arrived(at))) return at;
    }
    return undefined;
  }
}

const everySecond = (until: number): number[] =>
  Array.from({ length: Math.floor(until / 1000) }, (_, index) => 1000 * (index + 1));

/** A path on which nothing of what is sent arrives, and which has been repaired after ten seconds. */
async function repaired() {
  const setup = new Setup('send');
  const { inquiry } = setup;
  const reports = everySecond(20_000);
  await setup.send({ until: 10_000, cutAt: 3050, reports });
  inquiry.beginAnew();
  const pass = (given: { from: number; until: number; cutAt?: number }) => setup.send({ ...given, reports });
  const leave = () => {
    setup.isAway = true;
  };
  return { inquiry, pass, leave };
}

describe('what is received', () => {
  it('is lost when the server sends and nothing comes, after two seconds', async () => {
    const at = await new Setup('recv').receive({ until: 10_000, cutAt: 3000 });
    expect(at).toBe(5000);
  });

  it('is not lost when the server sends nothing', async () => {
    const setup = new Setup('recv');
    expect(await setup.receive({ until: 10_000, silentFrom: 3000 })).toBeUndefined();
    expect(setup.asked).toBeGreaterThan(0);
  });

  it('costs no question while it comes', async () => {
    const setup = new Setup('recv');
    expect(await setup.receive({ until: 10_000 })).toBeUndefined();
    expect(setup.asked).toBe(0);
    expect(setup.inquiry.isDoubtful).toBe(false);
  });

  it('is not judged when the server cannot be asked', async () => {
    const setup = new Setup('recv');
    setup.isAway = true;
    expect(await setup.receive({ until: 10_000, cutAt: 3000 })).toBeUndefined();
  });
});

describe('what is sent', () => {
  it('is lost when reports say that nothing has come, also while the server cannot be asked', async () => {
    const setup = new Setup('send');
    setup.isAway = true;
    expect(await setup.send({ until: 10_000, cutAt: 3050, reports: everySecond(10_000) })).toBe(5000);
  });

  it('is lost sooner when a report says that little has come, and the server that nothing does', async () => {
    const at = await new Setup('send').send({ until: 10_000, cutAt: 3050, reports: everySecond(10_000) });
    expect(at).toBeGreaterThan(4000);
    expect(at).toBeLessThan(4600);
  });

  it('is lost when no reports come, and the server says that it gets nothing', async () => {
    const at = await new Setup('send').send({ until: 10_000, cutAt: 3050, reports: [1000, 2000, 3000] });
    expect(at).toBeLessThanOrEqual(5300);
    expect(at).toBeGreaterThan(4500);
  });

  it('is not lost when it is reports that get lost', async () => {
    const setup = new Setup('send');
    expect(await setup.send({ until: 10_000, reports: [1000, 2000, 3000] })).toBeUndefined();
    expect(setup.asked).toBeGreaterThan(0);
  });

  it('is lost also where few packets are sent, once the server says so', async () => {
    const sparse = { packetsASecond: 3, cutAt: 3050, reports: everySecond(10_000) };
    const at = await new Setup('send').send({ until: 10_000, ...sparse });
    expect(at).toBeGreaterThan(5000);
    expect(at).toBeLessThan(7000);
  });

  it('is not lost on a bad network', async () => {
    const bad = { lossRate: 0.4, reports: everySecond(10_000) };
    expect(await new Setup('send').send({ until: 10_000, ...bad })).toBeUndefined();
    expect(await new Setup('send').send({ until: 10_000, ...bad, packetsASecond: 3 })).toBeUndefined();
  });

  it('is not lost on the word of one stream alone', async () => {
    const setup = new Setup('send');
    const given = { cutAt: 3050, reports: everySecond(5000), isMixed: true };
    // Nor may the server say so: it is asked some time later.
    setup.isAway = true;
    expect(await setup.send({ until: 5000, ...given })).toBeUndefined();
  });

  it('costs no question while it arrives', async () => {
    const setup = new Setup('send');
    expect(await setup.send({ until: 10_000, reports: everySecond(10_000) })).toBeUndefined();
    expect(setup.asked).toBe(0);
  });

  it('has to arrive after a repair before it is known to', async () => {
    const { inquiry, ...setup } = await repaired();
    expect([inquiry.isProven, inquiry.isDoubtful]).toEqual([false, true]);
    await setup.pass({ until: 12_000, cutAt: 3050, from: 10_000 });
    expect(inquiry.isProven).toBe(false);
    await setup.pass({ until: 12_500, from: 12_000 });
    expect([inquiry.isProven, inquiry.isDoubtful]).toEqual([true, false]);
  });

  it('is known to arrive by a report as well', async () => {
    const { inquiry, ...setup } = await repaired();
    setup.leave();
    await setup.pass({ until: 11_000, from: 10_000 });
    expect(inquiry.isProven).toBe(true);
  });
});
