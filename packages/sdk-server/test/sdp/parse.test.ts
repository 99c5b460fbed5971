import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isParlorError } from '../../src/errors.js';
import type { Description } from '../../src/sdp/description.js';
import { FIRST_LIMITS } from '../../src/sdp/lines.js';
import { parseDescription } from '../../src/sdp/parse.js';
import { capture, captures } from './captures.js';
import { hostileSdp } from './hostileSdp.js';

const codeOf = (text: string): unknown => {
  try {
    parseDescription(text);
  } catch (error) {
    return isParlorError(error) ? error.code : error;
  }
  return 'accepted';
};

describe('descriptions of real clients', () => {
  for (const [name, text] of Object.entries(captures)) {
    test(name, async () => {
      const description = parseDescription(text);
      await expect(JSON.stringify(description, null, 2)).toMatchFileSnapshot(`captures/${name}.golden`);
    });
  }

  test('Chrome: codecs, extensions and SSRCs of both sections', () => {
    const { sections, bundle, transport } = parseDescription(capture('chromium-offer'));
    expect(bundle).toEqual(['0', '1']);
    expect(transport).toMatchObject({ ufrag: '/LPw', setup: 'actpass' });
    expect(sections.map(({ media, mid, direction }) => [media, mid, direction])).toEqual([
      ['audio', '0', 'sendrecv'],
      ['video', '1', 'sendrecv'],
    ]);
    const video = sections[1]!;
    expect(video.codecs.find(({ payloadType }) => payloadType === 97)).toMatchObject({
      mimeType: 'video/rtx',
      parameters: { apt: 96 },
    });
    expect(video.codecs.find(({ payloadType }) => payloadType === 102)?.parameters).toEqual({
      'level-asymmetry-allowed': 1,
      'packetization-mode': 1,
      'profile-level-id': '42001f',
    });
    expect(video.ssrcGroups).toEqual([{ semantics: 'FID', ssrcs: [1007632215, 3047932879] }]);
    expect(video.msid?.stream).toBe('c82b618e-7736-4963-967f-b737a7262f50');
  });

  test('GStreamer: a bundle-only section with port 0 is not rejected', () => {
    const { sections } = parseDescription(capture('gstreamer-whip-offer'));
    expect(sections.map(({ mid, rejected }) => [mid, rejected])).toEqual([
      ['video0', false],
      ['audio1', false],
    ]);
  });

  test('simulcast by rid, and a data channel', () => {
    expect(parseDescription(capture('chromium-whip-offer')).sections[1]?.rids).toEqual(['q', 'h', 'f']);
    expect(parseDescription(capture('simple-peer-offer')).sections[2]?.sctp).toEqual({
      port: 5000,
      maxMessageSize: 262_144,
    });
  });
});

describe('what cannot be used is refused by name', () => {
  const chromium = capture('chromium-offer');
  const cases: Record<string, [text: string, code: string]> = {
    'nothing at all': ['', 'SDP_INVALID'],
    'no description': ['hello', 'SDP_INVALID'],
    'no media': ['v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n', 'SDP_INVALID'],
    'a megabyte': [chromium + 'a=x:y\r\n'.repeat(150_000), 'SDP_INVALID'],
    '500 sections': [`v=0\r\n${'m=audio 9 A 0\r\n'.repeat(500)}`, 'SDP_INVALID'],
    'no fingerprint': [chromium.replace(/a=fingerprint.*\r\n/g, ''), 'SDP_INVALID'],
    'half a fingerprint': [chromium.replace(/(a=fingerprint:sha-256 ..:).*/g, '$1AA'), 'SDP_INVALID'],
    'an unknown hash': [chromium.replace(/sha-256/g, 'md5'), 'SDP_INVALID'],
    'no ICE': [chromium.replace(/a=ice-ufrag.*\r\n/g, ''), 'SDP_INVALID'],
    'a wrong setup role': [chromium.replace(/a=setup:actpass/g, 'a=setup:holdconn'), 'SDP_INVALID'],
    'no rtcp-mux': [chromium.replace(/a=rtcp-mux\r\n/g, ''), 'SDP_UNSUPPORTED'],
    'no BUNDLE': [chromium.replace(/a=group.*\r\n/, ''), 'SDP_UNSUPPORTED'],
    'half a BUNDLE': [chromium.replace('a=group:BUNDLE 0 1', 'a=group:BUNDLE 0'), 'SDP_UNSUPPORTED'],
    'no encryption': [chromium.replace(/UDP\/TLS\/RTP\/SAVPF/g, 'RTP/AVP'), 'SDP_UNSUPPORTED'],
    'payload type 300': [chromium.replace(/\b96\b/g, '300'), 'SDP_INVALID'],
    'payload type of RTCP': [chromium.replace(/\b96\b/g, '72'), 'SDP_INVALID'],
    'extension id 0': [chromium.replace('extmap:4 ', 'extmap:0 '), 'SDP_INVALID'],
    'extension id 300': [chromium.replace('extmap:4 ', 'extmap:300 '), 'SDP_INVALID'],
    'SSRC 0': [chromium.replace(/ssrc:397380127/g, 'ssrc:0'), 'SDP_INVALID'],
    'SSRC too large': [chromium.replace(/ssrc:397380127/g, 'ssrc:4294967296'), 'SDP_INVALID'],
    'the same SSRC twice': [chromium.replace(/ssrc:397380127/g, 'ssrc:1007632215'), 'SDP_INVALID'],
    'the same mid twice': [chromium.replace('a=mid:1', 'a=mid:0'), 'SDP_INVALID'],
    'a long mid': [chromium.replace('a=mid:1', `a=mid:${'1'.repeat(300)}`), 'SDP_INVALID'],
    'a rid that nobody declared': [
      capture('chromium-whip-offer').replace('send q;h;f', 'send q;x'),
      'SDP_INVALID',
    ],
    'control characters': [chromium.replace('s=-', 's=\u0000'), 'SDP_INVALID'],
  };
  for (const [name, [text, code]] of Object.entries(cases)) test(name, () => expect(codeOf(text)).toBe(code));

  test('extension ids that need two bytes are passed over', () => {
    const { sections } = parseDescription(chromium.replace('a=extmap:14 ', 'a=extmap:15 '));
    expect(sections[1]?.extensions.map(({ id }) => id)).not.toContain(15);
  });
});

describe('fuzzing', () => {
  test('whatever comes, it is a description within its bounds or a coded error', () => {
    fc.assert(
      fc.property(hostileSdp, (text) => {
        let description: Description;
        try {
          description = parseDescription(text);
        } catch (error) {
          if (!isParlorError(error)) throw error;
          expect(['SDP_INVALID', 'SDP_UNSUPPORTED']).toContain(error.code);
          return;
        }
        expectInBounds(description);
      }),
      { numRuns: 2000 },
    );
  });
});

const inside = (value: number, low: number, high: number) =>
  Number.isSafeInteger(value) && value >= low && value <= high;

function expectInBounds({ sections, transport }: Description): void {
  expect(sections.length).toBeLessThanOrEqual(FIRST_LIMITS.maxSections);
  const live = sections.filter(({ rejected }) => !rejected);
  if (live.length > 0) expect(transport?.fingerprints.length).toBeGreaterThan(0);
  const mids = sections.map(({ mid }) => mid).filter((mid) => mid !== undefined);
  expect(new Set(mids).size).toBe(mids.length);
  for (const mid of mids) expect(mid).toMatch(/^[\x21-\x7e]{1,16}$/);
  const ssrcs = sections.flatMap((section) => section.ssrcs);
  expect(new Set(ssrcs).size).toBe(ssrcs.length);
  for (const section of sections) {
    for (const { payloadType, clockRate } of section.codecs) {
      expect(inside(payloadType, 0, 127) && !inside(payloadType, 64, 95)).toBe(true);
      expect(inside(clockRate, 1, 192_000)).toBe(true);
    }
    for (const { id } of section.extensions) expect(inside(id, 1, 14)).toBe(true);
    for (const ssrc of [...section.ssrcs, ...section.ssrcGroups.flatMap((group) => group.ssrcs)])
      expect(inside(ssrc, 1, 0xffff_ffff)).toBe(true);
    for (const rid of section.rids) expect(rid).toMatch(/^[A-Za-z0-9_-]{1,16}$/);
    if (section.sctp) expect(inside(section.sctp.port, 1, 65_535)).toBe(true);
  }
}
