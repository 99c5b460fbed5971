import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrackPublishOptions } from '../../options.js';
import { acceptStereo, preferSending } from './sendingPreferences.js';

const AUDIO = [
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 0',
  'a=mid:0',
  'a=recvonly',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1;stereo=1',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  'a=rtpmap:0 PCMU/8000',
  '',
].join('\r\n');
const VIDEO = [
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100 101',
  'a=mid:1',
  'a=recvonly',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:98 VP9/90000',
  'a=fmtp:98 profile-id=0',
  'a=rtpmap:99 rtx/90000',
  'a=fmtp:99 apt=98',
  'a=rtpmap:100 VP9/90000',
  'a=fmtp:100 profile-id=2',
  'a=rtpmap:101 H264/90000',
  '',
].join('\r\n');
const SESSION = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n';
const SDP = SESSION + AUDIO + VIDEO;

const microphone = (options: TrackPublishOptions = {}) =>
  ({ kind: 'audio', source: 'microphone', options }) as const;
const camera = (options: TrackPublishOptions = {}) => ({ kind: 'video', source: 'camera', options }) as const;

const withAudio = (publication: ReturnType<typeof microphone>) =>
  preferSending(SDP, (mid) => (mid === '0' ? publication : undefined));
const opusOf = (sdp: string) => new Set(/^a=fmtp:111 (.*)$/m.exec(sdp)?.[1]?.trim().split(';'));
const orderOf = (sdp: string) => /^m=video 9 UDP\/TLS\/RTP\/SAVPF (.*)$/m.exec(sdp)?.[1]?.trim();

describe('preferSending', () => {
  it('asks for Opus as the options say, with their defaults', () => {
    expect(opusOf(withAudio(microphone()))).toEqual(
      new Set(['minptime=10', 'useinbandfec=1', 'usedtx=1', 'maxaveragebitrate=32000']),
    );
    expect(opusOf(withAudio(microphone({ fec: false, dtx: false, audioBitrate: 20_000 })))).toEqual(
      new Set(['minptime=10', 'useinbandfec=0', 'usedtx=0', 'maxaveragebitrate=20000']),
    );
  });

  it('leaves stereo to the receiver for the sound of a screen', () => {
    const screen = { kind: 'audio', source: 'screenAudio', options: {} } as const;
    expect(opusOf(preferSending(SDP, () => screen))).toEqual(
      new Set(['minptime=10', 'stereo=1', 'useinbandfec=1', 'usedtx=0', 'maxaveragebitrate=128000']),
    );
  });

  it('adds parameters where there were none', () => {
    const bare = SDP.replace(/^a=fmtp:111.*\r\n/m, '');
    expect(opusOf(preferSending(bare, () => microphone()))).toEqual(
      new Set(['useinbandfec=1', 'usedtx=1', 'maxaveragebitrate=32000']),
    );
  });

  it('puts the wanted codec first and keeps the others', () => {
    const prefer = (videoCodec: TrackPublishOptions['videoCodec']) =>
      orderOf(
        preferSending(SDP, (mid) => (mid === '1' ? camera(videoCodec ? { videoCodec } : {}) : undefined)),
      );
    expect(prefer('vp9')).toBe('98 100 96 97 99 101');
    expect(prefer('h264')).toBe('101 96 97 98 99 100');
    expect(prefer(undefined)).toBe('96 97 98 99 100 101');
    // The other side has none.
    expect(prefer('av1')).toBe('96 97 98 99 100 101');
  });

  it('changes nothing but the sections of publications, and is stable', () => {
    const options = fc.record(
      {
        videoCodec: fc.constantFrom('vp8', 'vp9', 'h264', 'av1'),
        fec: fc.boolean(),
        dtx: fc.boolean(),
        audioBitrate: fc.integer({ min: 6000, max: 510_000 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(options, fc.subarray(['0', '1']), (given, mids) => {
        const prefer = (sdp: string) =>
          preferSending(sdp, (mid) => {
            if (!mids.includes(mid)) return undefined;
            return mid === '0' ? microphone(given) : camera(given);
          });
        const once = prefer(SDP);
        expect(prefer(once)).toBe(once);
        expect(once.startsWith(SESSION)).toBe(true);
        if (!mids.includes('0')) expect(once).toContain(AUDIO);
        if (!mids.includes('1')) expect(once).toContain(VIDEO);
        // Every line is still there, but for the two that say what is wanted.
        const rest = (sdp: string) =>
          sdp.split('\r\n').filter((line) => !/^(a=fmtp:111|m=video) ?/.test(line));
        expect(rest(once)).toEqual(rest(SDP));
      }),
    );
  });

  it('takes lines that end as RFC 8866 §9 allows besides, and what is no SDP at all', () => {
    expect(opusOf(preferSending(SDP.replaceAll('\r\n', '\n'), () => microphone()))).toContain('usedtx=1');
    expect(preferSending('{"connection":"pc-1"}', () => microphone())).toBe('{"connection":"pc-1"}');
  });
});

describe('acceptStereo', () => {
  it('says so of Opus alone, and once', () => {
    const mono = SDP.replace(';stereo=1', '');
    expect(opusOf(acceptStereo(mono))).toEqual(new Set(['minptime=10', 'useinbandfec=1', 'stereo=1']));
    expect(acceptStereo(mono)).toContain(VIDEO);
    expect(acceptStereo(SDP)).toBe(SDP);
  });

  it('is not met by what only tells that stereo may be sent', () => {
    expect(opusOf(acceptStereo(SDP.replace(';stereo=1', ';sprop-stereo=1')))).toContain('stereo=1');
  });
});
