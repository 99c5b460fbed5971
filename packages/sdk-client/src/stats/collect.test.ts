import { describe, expect, it } from 'vitest';
import type { DriverReports } from '../drivers/MediaDriver.js';
import { createFakeDrivers } from '../drivers/fake/FakeDriver.js';
import { silentLogger } from '../logger.js';
import { FakePlatform } from '../testing/index.js';
import { StatsCollector, type StreamOwner } from './collect.js';

const report = (...entries: Record<string, unknown>[]): RTCStatsReport =>
  new Map(entries.map((entry) => [entry['id'], entry])) as RTCStatsReport;

const vp8 = { id: 'codec', type: 'codec', mimeType: 'video/VP8' };

const sent = (bytes: number, packets: number, lost: number) =>
  report(
    vp8,
    {
      id: 'r0',
      type: 'outbound-rtp',
      codecId: 'codec',
      bytesSent: bytes,
      packetsSent: packets,
      frameWidth: 320,
      framesEncoded: 9,
    },
    {
      id: 'r1',
      type: 'outbound-rtp',
      codecId: 'codec',
      bytesSent: bytes * 3,
      packetsSent: packets,
      frameWidth: 640,
      framesEncoded: 8,
    },
    { id: 'x', type: 'remote-inbound-rtp', packetsLost: lost, roundTripTime: 0.05, jitter: 0.002 },
    { id: 't', type: 'transport', selectedCandidatePairId: 'pair' },
    {
      id: 'pair',
      type: 'candidate-pair',
      localCandidateId: 'l',
      currentRoundTripTime: 0.04,
      availableOutgoingBitrate: 9e5,
    },
    { id: 'other', type: 'candidate-pair', localCandidateId: 'l2', currentRoundTripTime: 9 },
    { id: 'l', type: 'local-candidate', candidateType: 'host', protocol: 'udp' },
    { id: 'l2', type: 'local-candidate', candidateType: 'relay', protocol: 'tcp' },
  );

const received = (bytes: number, packets: number, lost: number) =>
  report(
    { id: 'codec', type: 'codec', mimeType: 'audio/opus' },
    {
      id: 'i',
      type: 'inbound-rtp',
      codecId: 'codec',
      bytesReceived: bytes,
      packetsReceived: packets,
      packetsLost: lost,
      jitter: 0.01,
      audioLevel: 0.5,
      totalAudioEnergy: 2,
    },
    { id: 'probator', type: 'inbound-rtp', bytesReceived: 1e6, packetsReceived: 1e6, packetsLost: 0 },
  );

const camera: StreamOwner['publication'] = { source: 'camera', kind: 'video' };

function setup(publication = camera) {
  const platform = new FakePlatform();
  let reports: DriverReports = { tracks: [], transports: [] };
  const context = {
    platform,
    logger: silentLogger,
    rtcConfiguration: {},
    tell: () => undefined,
    request: () => Promise.resolve({}),
  };
  const driver = createFakeDrivers().factory(context);
  driver.stats = () => Promise.resolve(reports);
  const collector = new StatsCollector({
    now: platform.now,
    driver: () => driver,
    ownerOf: (id) => (id === 'gone' ? undefined : { identity: id, publication }),
  });
  const tell = (next: DriverReports) => {
    reports = next;
  };
  return { platform, collector, tell };
}

const one = (direction: 'send' | 'recv', stats: RTCStatsReport, producerId = 'p'): DriverReports => ({
  tracks: [{ producerId, direction, report: stats }],
  transports: [stats],
});

describe('StatsCollector', () => {
  it('adds layers up and turns counters into rates', async () => {
    const { platform, collector, tell } = setup();
    tell(one('send', sent(1000, 10, 0)));
    const [first] = (await collector.collect()).tracks;
    expect(first).toMatchObject({ bytes: 4000, packets: 20, bitrate: undefined, lossRate: undefined });
    await platform.clock.advance(2000);
    tell(one('send', sent(2000, 20, 5)));
    const stats = await collector.collect();
    expect(stats.tracks).toEqual([
      expect.objectContaining({
        identity: 'p',
        direction: 'send',
        codec: 'vp8',
        bitrate: 16_000,
        lossRate: 0.25,
        packetsLost: 5,
        frameWidth: 640,
        frames: 9,
        roundTripTime: 50,
        jitter: 2,
      }),
    ]);
    expect(stats).toMatchObject({ path: 'udp', roundTripTime: 40, availableOutgoingBitrate: 9e5 });
  });

  it('counts loss of what is received among what should have come, and leaves the probator out', async () => {
    const { platform, collector, tell } = setup();
    tell(one('recv', received(100, 10, 0)));
    await collector.collect();
    await platform.clock.advance(1000);
    tell(one('recv', received(200, 19, 1)));
    const [track] = (await collector.collect()).tracks;
    expect(track).toMatchObject({
      packets: 19,
      bitrate: 800,
      lossRate: 0.1,
      jitter: 10,
      audioLevel: 0.5,
      totalAudioEnergy: 2,
    });
  });

  it('tells why the server holds back what is received', async () => {
    const theirs = { ...camera, isEnabled: true, isReceiving: true, layers: undefined, adapted: undefined };
    const { collector, tell } = setup({ ...theirs, holdReason: 'lastN' });
    tell(one('recv', received(100, 10, 0)));
    const [track] = (await collector.collect()).tracks;
    expect(track).toMatchObject({ held: 'lastN', wanted: { receiving: true, reason: 'full' } });
  });

  it('does not go negative when a stream starts anew, and forgets what is gone', async () => {
    const { platform, collector, tell } = setup();
    tell(one('recv', received(5000, 500, 50)));
    await collector.collect();
    await platform.clock.advance(1000);
    tell(one('recv', received(10, 1, 0)));
    expect((await collector.collect()).tracks[0]).toMatchObject({ bitrate: 0, lossRate: 0 });
    tell(one('recv', received(10, 1, 0), 'gone'));
    expect((await collector.collect()).tracks).toEqual([]);
  });

  it('finds one stream by its producer', async () => {
    const { collector, tell } = setup();
    tell(one('recv', received(10, 1, 0)));
    expect(await collector.ofProducer('p')).toMatchObject({ codec: 'opus' });
    expect(await collector.ofProducer('x')).toBeUndefined();
  });
});
