import { describe, expect, test } from 'vitest';
import { chooseCodecs, isSameCodec, receivableCodecs } from '../../src/sdp/codecs.js';
import type { SdpCodec } from '../../src/sdp/description.js';
import { Extensions, union } from '../../src/sdp/extmap.js';
import { MLines } from '../../src/sdp/mlines.js';
import { parseDescription } from '../../src/sdp/parse.js';
import { PayloadTypes } from '../../src/sdp/PayloadTypes.js';
import { CAPABILITIES } from './capabilities.js';
import { capture } from './captures.js';

const sectionsOf = (name: string) => parseDescription(capture(name)).sections;

function choose(name: string, index: number, offered = sectionsOf(name)[index]!.codecs) {
  const kind = sectionsOf(name)[index]!.media as 'audio' | 'video';
  return chooseCodecs({
    offered,
    kind,
    capabilities: CAPABILITIES,
    payloadTypes: new PayloadTypes(CAPABILITIES),
  });
}

const names = (codecs: readonly SdpCodec[] | undefined) =>
  codecs?.map(({ mimeType, payloadType }) => `${mimeType} ${String(payloadType)}`);

describe('codecs', () => {
  test('of what clients offer, one, by the room’s preference, with its retransmissions', () => {
    expect(names(choose('chromium-offer', 0))).toEqual(['audio/opus 111']);
    expect(names(choose('chromium-offer', 1))).toEqual(['video/VP8 96', 'video/rtx 97']);
    expect(names(choose('firefox-offer', 0))).toEqual(['audio/opus 109']);
    expect(names(choose('aiortc-offer', 1))).toEqual(['video/VP8 97', 'video/rtx 98']);
    expect(names(choose('gstreamer-whip-offer', 0))).toEqual(['video/H264 96']);
    expect(names(choose('gstreamer-whip-offer', 1))).toEqual(['audio/opus 97']);
    expect(names(choose('werift-offer', 1))).toEqual(['video/VP8 98']);
  });

  test('H.264 by profile: of Chrome’s six only the room’s constrained baseline', () => {
    const h264 = sectionsOf('chromium-offer')[1]!.codecs.filter(({ mimeType }) => /h264|rtx/i.test(mimeType));
    expect(names(choose('chromium-offer', 1, h264))).toEqual(['video/H264 108', 'video/rtx 109']);
  });

  test('payload types that mean something else in the room: the codec without its retransmissions, or the next', () => {
    const video = sectionsOf('chromium-offer')[1]!.codecs;
    const renumbered = (from: number, to: number) =>
      video.map((codec) => (codec.payloadType === from ? { ...codec, payloadType: to } : codec));
    expect(names(choose('chromium-offer', 1, renumbered(97, 100)))).toEqual(['video/VP8 96']);
    expect(names(choose('chromium-offer', 1, renumbered(96, 103)))).toEqual(['video/VP9 98', 'video/rtx 99']);
  });

  test('nothing in common', () => {
    const offered = [{ mimeType: 'audio/iLBC', payloadType: 112, clockRate: 8000 }];
    expect(choose('chromium-offer', 0, offered)).toBeUndefined();
  });

  test('telephony has the same empty parameters in every section', () => {
    const pcmu = { ...sectionsOf('chromium-offer')[0]!.codecs.find(({ payloadType }) => payloadType === 0)! };
    pcmu.rtcpFeedback = [{ type: 'transport-cc', parameter: '' }];
    expect(choose('chromium-offer', 0, [pcmu])).toEqual([
      expect.objectContaining({ payloadType: 0, parameters: {}, rtcpFeedback: [] }),
    ]);
  });

  test('what a client can be sent: the room’s payload types of what it has listed', () => {
    const reception = {
      kind: 'video' as const,
      capabilities: CAPABILITIES,
      payloadTypes: new PayloadTypes(CAPABILITIES),
    };
    const all = receivableCodecs({ ...reception, decodable: sectionsOf('chromium-offer')[1]!.codecs });
    expect(names(all)).toEqual(
      ['VP8 101', 'rtx 102', 'VP9 103', 'rtx 104', 'H264 105', 'rtx 106'].map((n) => `video/${n}`),
    );
    const h264 = receivableCodecs({ ...reception, decodable: sectionsOf('gstreamer-whip-offer')[0]!.codecs });
    expect(names(h264)).toEqual(['video/H264 105', 'video/rtx 106']);
    expect(h264[0]?.rtcpFeedback).not.toContainEqual({ type: 'goog-remb', parameter: '' });
  });

  test('the room’s retransmissions make way for media of the client', () => {
    const payloadTypes = new PayloadTypes(CAPABILITIES);
    const shared = { kind: 'video' as const, capabilities: CAPABILITIES, payloadTypes };
    const offered = [{ mimeType: 'video/VP8', payloadType: 102, clockRate: 90_000 }];
    expect(names(chooseCodecs({ ...shared, offered }))).toEqual(['video/VP8 102']);
    expect(names(receivableCodecs({ ...shared, decodable: offered }))).toEqual(['video/VP8 101']);
  });

  test('profiles and names are compared as the RFCs have it', () => {
    const codec = (mimeType: string, parameters = {}) => ({
      mimeType,
      payloadType: 1,
      clockRate: 90_000,
      parameters,
    });
    expect(isSameCodec(codec('video/vp8'), codec('video/VP8'))).toBe(true);
    expect(isSameCodec(codec('video/VP9', { 'profile-id': 2 }), codec('video/VP9'))).toBe(false);
    const h264 = (id: string) => codec('video/H264', { 'packetization-mode': 1, 'profile-level-id': id });
    expect(isSameCodec(h264('42e01f'), h264('42c00c'))).toBe(true);
    expect(isSameCodec(h264('42e01f'), h264('640c1f'))).toBe(false);
  });
});

describe('header extensions', () => {
  const accepted = (name: string, index: number, oneWay = false) => {
    const section = sectionsOf(name)[index]!;
    return new Extensions(CAPABILITIES, { oneWay })
      .acceptable(section.extensions, section.media as 'audio' | 'video')
      .map(({ id, uri }) => `${String(id)} ${uri.replace(/.*[:/]/, '')}`);
  };

  test('ids that the worker uses for something else are not accepted from those who receive', () => {
    // Chrome’s 4 is the MID: the worker’s send time would be read as one.
    expect(accepted('chromium-offer', 1)).toEqual([
      '2 abs-send-time',
      '13 video-orientation',
      '3 draft-holmer-rmcat-transport-wide-cc-extensions-01',
      '10 rtp-stream-id',
      '11 repaired-rtp-stream-id',
    ]);
    expect(accepted('firefox-offer', 1)).toContain('3 mid');
  });

  test('from those who only send, all that is of use', () => {
    expect(accepted('chromium-whip-offer', 1, true)).toContain('4 mid');
  });

  test('what is offered never gives an id or a name of the client another meaning', () => {
    const extensions = new Extensions(CAPABILITIES, { oneWay: false });
    expect(extensions.sendable('video').map(({ id }) => id)).toEqual([1, 4, 5, 8]);
    for (const section of sectionsOf('chromium-offer')) extensions.learn(section.extensions);
    expect(extensions.sendable('video')).toEqual([]);
  });

  test('union keeps each id and each name once', () => {
    expect(
      union(
        [{ id: 1, uri: 'a' }],
        [
          { id: 1, uri: 'b' },
          { id: 2, uri: 'a' },
          { id: 3, uri: 'c' },
        ],
      ),
    ).toEqual([
      { id: 1, uri: 'a' },
      { id: 3, uri: 'c' },
    ]);
  });
});

describe('media sections', () => {
  test('a snapshot brings back sections and what was on them; mids are new for ever', () => {
    const lines = new MLines();
    const first = lines.add({ media: 'audio', mid: 's0', origin: 'client' });
    expect(lines.newMid()).toBe('s1');
    const restore = lines.snapshot();
    first.rejected = true;
    lines.add({ media: 'video', mid: lines.newMid(), origin: 'server' });
    lines.replace(0, { media: 'audio', mid: 'other', origin: 'client' });
    restore();
    expect([...lines]).toEqual([first]);
    expect(first).toMatchObject({ mid: 's0', rejected: false });
    expect(lines.newMid()).toBe('s3');
  });
});
