import { expect, test } from 'vitest';
import { parseDescription } from './parse.js';
import { writeDescription, type DescriptionOut } from './write.js';

const description: DescriptionOut = {
  sessionId: '42',
  version: 7,
  ice: { usernameFragment: 'ufrag', password: 'p'.repeat(22), iceLite: true },
  candidates: [
    {
      foundation: 'f',
      priority: 1,
      ip: '192.0.2.1',
      address: '192.0.2.1',
      protocol: 'tcp',
      port: 4000,
      type: 'host',
      tcpType: 'passive',
    },
  ],
  fingerprint: { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') },
  setup: 'actpass',
  sections: [
    {
      type: 'rtp',
      media: 'audio',
      mid: 's0',
      direction: 'sendonly',
      codecs: [
        {
          mimeType: 'audio/opus',
          payloadType: 100,
          clockRate: 48_000,
          channels: 2,
          parameters: { useinbandfec: 1 },
          rtcpFeedback: [{ type: 'transport-cc', parameter: '' }],
        },
      ],
      extensions: [{ id: 1, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' }],
      sends: { msid: 'alice track', cname: 'c', ssrc: 1, rtxSsrc: undefined },
    },
    {
      type: 'rtp',
      media: 'video',
      mid: '1',
      direction: 'recvonly',
      codecs: [
        {
          mimeType: 'video/VP8',
          payloadType: 96,
          clockRate: 90_000,
          parameters: {},
          rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
        },
        {
          mimeType: 'video/rtx',
          payloadType: 97,
          clockRate: 90_000,
          parameters: { apt: 96 },
          rtcpFeedback: [],
        },
      ],
      extensions: [],
      rids: ['q', 'h'],
    },
    { type: 'sctp', mid: '2', port: 5000, maxMessageSize: 262_144 },
    { type: 'rejected', media: 'video', mid: '3', protocol: 'UDP/TLS/RTP/SAVPF', formats: [], codecs: [] },
  ],
};

test('a description of every kind of section', () => {
  expect(writeDescription(description)).toMatchInlineSnapshot(`
    "v=0
    o=- 42 7 IN IP4 127.0.0.1
    s=-
    t=0 0
    a=ice-lite
    a=group:BUNDLE s0 1 2
    a=extmap-allow-mixed
    a=msid-semantic: WMS *
    m=audio 9 UDP/TLS/RTP/SAVPF 100
    c=IN IP4 0.0.0.0
    a=rtcp:9 IN IP4 0.0.0.0
    a=ice-ufrag:ufrag
    a=ice-pwd:pppppppppppppppppppppp
    a=fingerprint:sha-256 AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB
    a=setup:actpass
    a=mid:s0
    a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
    a=sendonly
    a=msid:alice track
    a=rtcp-mux
    a=rtcp-rsize
    a=rtpmap:100 opus/48000/2
    a=rtcp-fb:100 transport-cc
    a=fmtp:100 useinbandfec=1
    a=ssrc:1 cname:c
    a=candidate:f 1 tcp 1 192.0.2.1 4000 typ host tcptype passive
    a=end-of-candidates
    m=video 9 UDP/TLS/RTP/SAVPF 96 97
    c=IN IP4 0.0.0.0
    a=rtcp:9 IN IP4 0.0.0.0
    a=ice-ufrag:ufrag
    a=ice-pwd:pppppppppppppppppppppp
    a=fingerprint:sha-256 AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB
    a=setup:actpass
    a=mid:1
    a=recvonly
    a=rtcp-mux
    a=rtcp-rsize
    a=rtpmap:96 VP8/90000
    a=rtcp-fb:96 nack pli
    a=rtpmap:97 rtx/90000
    a=fmtp:97 apt=96
    a=rid:q recv
    a=rid:h recv
    a=simulcast:recv q;h
    a=candidate:f 1 tcp 1 192.0.2.1 4000 typ host tcptype passive
    a=end-of-candidates
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel
    c=IN IP4 0.0.0.0
    a=ice-ufrag:ufrag
    a=ice-pwd:pppppppppppppppppppppp
    a=fingerprint:sha-256 AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB
    a=setup:actpass
    a=mid:2
    a=sctp-port:5000
    a=max-message-size:262144
    a=candidate:f 1 tcp 1 192.0.2.1 4000 typ host tcptype passive
    a=end-of-candidates
    m=video 0 UDP/TLS/RTP/SAVPF 0
    c=IN IP4 0.0.0.0
    a=ice-ufrag:ufrag
    a=ice-pwd:pppppppppppppppppppppp
    a=fingerprint:sha-256 AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB
    a=setup:actpass
    a=mid:3
    a=inactive
    a=rtcp-mux
    a=end-of-candidates
    "
  `);
});

test('what is written can be read', () => {
  const { sections, bundle, transport } = parseDescription(writeDescription(description));
  expect(bundle).toEqual(['s0', '1', '2']);
  expect(transport).toMatchObject({ ufrag: 'ufrag', setup: 'actpass' });
  expect(sections.map(({ rejected }) => rejected)).toEqual([false, false, false, true]);
  const [audio, video, data] = sections;
  expect(audio?.codecs).toEqual(description.sections[0]?.type === 'rtp' && description.sections[0].codecs);
  expect(video?.codecs).toEqual(description.sections[1]?.type === 'rtp' && description.sections[1].codecs);
  expect(audio?.msid).toEqual({ stream: 'alice', track: 'track' });
  expect(data?.sctp).toEqual({ port: 5000, maxMessageSize: 262_144 });
});
