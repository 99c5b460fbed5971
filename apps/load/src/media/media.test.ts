import { expect, it } from 'vitest';
import { keyFramesAskedFor, writeSenderReport } from './rtcp.js';
import { isRtcp, sequenceNumberOf, writeRtp } from './rtp.js';
import { RtpSender } from './RtpSender.js';
import { readSamples } from './Sample.js';
import { packetizeVp8 } from './vp8.js';

const samples = readSamples(new URL('../../media/', import.meta.url));

it('reads the samples: two seconds of each, with a key frame a second', () => {
  expect(samples.audio).toMatchObject({ kind: 'audio', clockRate: 48_000, rate: 50 });
  expect(samples.audio.frames.length).toBeGreaterThanOrEqual(100);
  for (const video of samples.video) {
    expect(video).toMatchObject({ kind: 'video', clockRate: 90_000, rate: 15, keyFrames: [0, 15] });
    expect(video.frames).toHaveLength(30);
  }
});

it('cuts frames into payloads that tell where a frame begins (RFC 7741)', () => {
  const frame = Buffer.from(Array.from({ length: 2500 }, (_, index) => index % 251));
  const payloads = packetizeVp8(frame);
  expect(payloads.map(({ length }) => length)).toEqual([1104, 1104, 304]);
  expect(payloads.map(([first]) => first)).toEqual([0x90, 0x80, 0x80]);
  expect(Buffer.concat(payloads.map((payload) => payload.subarray(4)))).toEqual(frame);
});

it('writes RTP with a loudness extension', () => {
  const packet = writeRtp(
    {
      payloadType: 111,
      marker: true,
      sequenceNumber: 65_536 + 7,
      timestamp: 2 ** 32 + 5,
      ssrc: 0xfffffffe,
      level: { id: 1, value: 20 },
    },
    Buffer.from('ab'),
  );
  expect(packet.toString('hex')).toBe('90ef000700000005fffffffebede0001101400006162');
  expect(sequenceNumberOf(packet)).toBe(7);
  expect(isRtcp(packet)).toBe(false);
});

it('writes sender reports', () => {
  const report = writeSenderReport({ ssrc: 5, now: 500, timestamp: 9, packets: 3, bytes: 100 });
  expect(report.toString('hex')).toBe(
    '80c80006000000' + '05' + '83aa7e8080000000' + '000000090000000300000064',
  );
  expect(isRtcp(report)).toBe(true);
});

it('finds what asks for key frames in compound packets', () => {
  const receiverReport = Buffer.from('80c9000100000001', 'hex');
  const pictureLoss = Buffer.from('81ce0002000000010000002a', 'hex');
  const fullIntra = Buffer.from('84ce000400000001000000000000002b01000000', 'hex');
  expect(keyFramesAskedFor(Buffer.concat([receiverReport, pictureLoss, fullIntra]))).toEqual([42, 43]);
  expect(keyFramesAskedFor(receiverReport)).toEqual([]);
  expect(keyFramesAskedFor(Buffer.from('ff', 'hex'))).toEqual([]);
});

it('sends frames as their time comes, then from a key frame when asked', () => {
  const [low] = samples.video;
  if (!low) throw new Error('no sample');
  const packets: Buffer[] = [];
  const sender = new RtpSender({ ssrc: 1, payloadType: 96, sample: low }, (packet) => {
    if (!isRtcp(packet)) packets.push(packet);
  });
  sender.sendDue(1000);
  sender.sendDue(1066);
  const frames = () => new Set(packets.map((packet) => packet.readUInt32BE(4))).size;
  expect(frames()).toBe(1);
  sender.sendDue(1067);
  expect(frames()).toBe(2);
  sender.sendKeyFrame();
  sender.sendDue(1134);
  expect(frames()).toBe(3);
  const payloads = packets.map((packet) => packet.subarray(12 + 4).toString('hex'));
  const keyFrame = low.frames[15]?.[0]?.subarray(4).toString('hex');
  expect(payloads).toContain(keyFrame);
  expect(packets.map(sequenceNumberOf).map((number, _, all) => (number - (all[0] ?? 0)) & 0xffff)).toEqual(
    packets.map((_, index) => index),
  );
});

it('leaves out what is more than a fifth of a second late', () => {
  const packets: Buffer[] = [];
  const sender = new RtpSender({ ssrc: 1, payloadType: 111, sample: samples.audio }, (packet) => {
    if (!isRtcp(packet)) packets.push(packet);
  });
  sender.sendDue(0);
  sender.sendDue(60_000);
  expect(packets).toHaveLength(1 + 10);
  expect(packets.at(-1)!.readUInt32BE(4) - packets[0]!.readUInt32BE(4)).toBe(60 * 48_000);
});
