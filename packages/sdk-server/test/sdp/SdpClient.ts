import { directionOf, isReceiving, isSending, type Section } from '../../src/sdp/description.js';
import { parseDescription } from '../../src/sdp/parse.js';

interface Line {
  media: 'audio' | 'video';
  mid: string;
  /** What the application wants. */
  sends: boolean;
  receives: boolean;
  stopped: boolean;
  /** Of data channels: nothing of media holds for it. */
  isData: boolean;
  ssrc: number | undefined;
  /** What was last agreed on, by payload type. */
  codecs: Map<number, string>;
  extensions: string[];
}

const CODECS = {
  audio: new Map([
    [111, 'opus/48000/2'],
    [9, 'G722/8000'],
    [0, 'PCMU/8000'],
    [8, 'PCMA/8000'],
  ]),
  video: new Map([
    [96, 'VP8/90000'],
    [97, 'rtx/90000 apt=96'],
    [98, 'VP9/90000 profile-id=0'],
    [99, 'rtx/90000 apt=98'],
  ]),
};

const EXTENSIONS = {
  audio: ['1 urn:ietf:params:rtp-hdrext:ssrc-audio-level', '4 urn:ietf:params:rtp-hdrext:sdes:mid'],
  video: [
    '2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
    '13 urn:3gpp:video-orientation',
    '4 urn:ietf:params:rtp-hdrext:sdes:mid',
  ],
};

/** As much of a browser's RTCPeerConnection as descriptions need: it says what Chrome says, and keeps to RFC 8829. */
export class SdpClient {
  readonly lines: Line[] = [];
  readonly #fingerprint: string;
  #ufrag = 'abcd';
  #lastSsrc: number;
  #lastMid = -1;

  constructor(number = 1) {
    this.#lastSsrc = number * 10_000;
    this.#fingerprint = Array.from({ length: 32 }, () =>
      number.toString(16).padStart(2, '0').toUpperCase(),
    ).join(':');
  }

  /** A transceiver; with a free one of the same kind, that one sends. */
  addTrack(media: Line['media'], { receives = true, sends = true } = {}): Line {
    const free = this.lines.find((line) => line.media === media && !line.stopped && line.ssrc === undefined);
    if (free && sends) {
      Object.assign(free, { sends, ssrc: (this.#lastSsrc += 1) });
      return free;
    }
    const line: Line = {
      media,
      mid: String((this.#lastMid += 1)),
      sends,
      receives,
      stopped: false,
      isData: false,
      ssrc: sends ? (this.#lastSsrc += 1) : undefined,
      codecs: CODECS[media],
      extensions: EXTENSIONS[media],
    };
    this.lines.push(line);
    return line;
  }

  restartIce(): void {
    this.#ufrag = `${this.#ufrag}x`;
  }

  offer(): string {
    return this.#write(
      'actpass',
      this.lines.map((line) => ({ line, direction: directionOf(line) })),
    );
  }

  /** Answers an offer of the server, as an application that wants everything. */
  answer(offer: string): string {
    const { sections } = parseDescription(offer, { maxLength: 1e6, maxSections: 500 });
    const answered = sections.map((section, index) => {
      const line = (this.lines[index] ??= newLine(section));
      line.codecs = namesOf(section);
      line.extensions = section.extensions.map(({ id, uri }) => `${String(id)} ${uri}`);
      const direction = directionOf({
        sends: line.sends && isReceiving(section.direction),
        receives: line.receives && isSending(section.direction),
      });
      return { line, direction };
    });
    return this.#write('active', answered);
  }

  #write(setup: string, sections: { line: Line; direction: string }[]): string {
    const live = sections.filter(({ line }) => !line.stopped);
    return [
      'v=0',
      'o=- 1 1 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      `a=group:BUNDLE ${live.map(({ line }) => line.mid).join(' ')}`,
      ...sections.flatMap(({ line, direction }) => this.#section(line, direction, setup)),
      '',
    ].join('\r\n');
  }

  #section(line: Line, direction: string, setup: string): string[] {
    const { media, mid, ssrc, stopped } = line;
    const transport = [
      `a=mid:${mid}`,
      `a=ice-ufrag:${this.#ufrag}`,
      `a=ice-pwd:${'p'.repeat(24)}`,
      `a=fingerprint:sha-256 ${this.#fingerprint}`,
      `a=setup:${setup}`,
    ];
    if (line.isData)
      return [
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
        'c=IN IP4 0.0.0.0',
        ...transport,
        'a=sctp-port:5000',
        'a=max-message-size:262144',
      ];
    const listed = new Map(line.codecs);
    // Of its own codecs a browser lists all that do not clash, whatever was agreed on.
    if (setup === 'actpass')
      for (const [pt, name] of CODECS[media]) if (!listed.has(pt)) listed.set(pt, name);
    const codecs = [...listed].flatMap(([pt, name]) => {
      const [codec = '', fmtp] = name.split(' ');
      return [
        `a=rtpmap:${String(pt)} ${codec}`,
        ...(fmtp === undefined ? [] : [`a=fmtp:${String(pt)} ${fmtp}`]),
      ];
    });
    const isSent = /^send/.test(direction) && ssrc !== undefined;
    return [
      `m=${media} ${stopped ? '0' : '9'} UDP/TLS/RTP/SAVPF ${[...listed.keys()].join(' ')}`,
      'c=IN IP4 0.0.0.0',
      ...transport,
      'a=rtcp-mux',
      `a=${direction}`,
      ...line.extensions.map((extension) => `a=extmap:${extension}`),
      ...codecs,
      ...(isSent ? [`a=msid:stream track${String(ssrc)}`, `a=ssrc:${String(ssrc)} cname:me`] : []),
    ];
  }
}

const namesOf = ({ codecs }: Section): Map<number, string> =>
  new Map(
    codecs.map(({ mimeType, payloadType, clockRate, channels = 1, parameters = {} }) => {
      const name = `${mimeType.replace(/.*\//, '')}/${String(clockRate)}${channels > 1 ? `/${String(channels)}` : ''}`;
      const apt = parameters['apt'];
      return [payloadType, typeof apt === 'number' ? `${name} apt=${String(apt)}` : name];
    }),
  );

/** A transceiver that an offer of the server makes. */
const newLine = ({ media, mid = '' }: Section): Line => ({
  media: media as Line['media'],
  mid,
  sends: false,
  receives: true,
  stopped: false,
  isData: media === 'application',
  ssrc: undefined,
  codecs: new Map(),
  extensions: [],
});
