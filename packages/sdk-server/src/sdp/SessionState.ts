import type { ErrorCode, MediaKind, RtpCapabilities } from '@parlor/protocol';
import type { Producer } from '../core/types.js';
import type { Change } from './Change.js';
import { isSameCodec } from './codecs.js';
import type { SdpCodec, Section, Setup } from './description.js';
import { Extensions } from './extmap.js';
import type { MediaPort } from './MediaPort.js';
import { kindOf, MLines, type MLine } from './mlines.js';
import { PayloadTypes } from './PayloadTypes.js';

/** A track that does not come to be, in one direction or the other. */
export interface Refusal {
  code: ErrorCode;
  message: string;
  kind: MediaKind;
  /** The section of the client's track. */
  mid?: string | undefined;
  /** The track of somebody else. */
  producer?: Producer | undefined;
}

/** One step of a negotiation. */
export interface Turn {
  readonly state: SessionState;
  readonly change: Change;
  readonly refused: Refusal[];
}

/** Everything that one connection knows; what is done with it stands in `receiving.ts` and `sending.ts`. */
export class SessionState {
  readonly port: MediaPort;
  readonly lines = new MLines();
  readonly payloadTypes: PayloadTypes;
  readonly extensions: Extensions;
  /** Tracks of others that the client shall get, by producer id. */
  readonly wanted = new Map<string, Producer>();
  /** Of those, what the client does not want. */
  readonly declined = new Set<string>();
  /** Of those, what the client cannot be sent, as far as is known of it. */
  readonly unplayable = new Set<string>();
  #data: Promise<void> | undefined;
  readonly #decodable: Record<MediaKind, SdpCodec[]> = { audio: [], video: [] };

  constructor(port: MediaPort) {
    this.port = port;
    this.payloadTypes = new PayloadTypes(port.capabilities);
    this.extensions = new Extensions(port.capabilities, { oneWay: false });
  }

  /** A section for data channels, unless there is one. */
  addData(): void {
    const media = 'application';
    if (!this.port.info.sctpParameters || this.lines.find((line) => line.media === media)) return;
    const protocol = 'UDP/DTLS/SCTP';
    const formats = ['webrtc-datachannel'];
    this.lines.add({ media, mid: this.lines.newMid(), origin: 'server', sctp: true, protocol, formats });
  }

  /**
   * Data channels are there for as long as the connection is. Whoever offers them opens one: the server, by its part in
   * DTLS, on a stream of its own (RFC 8832 §6). @throws MEDIA_UNAVAILABLE
   */
  async openData(maxMessageSize: number, opensAs?: Exclude<Setup, 'actpass'>): Promise<void> {
    const { sctpParameters } = this.port.info;
    const largest = Math.min(maxMessageSize, sctpParameters?.maxMessageSize ?? 0);
    const opens = opensAs && (opensAs === 'active' ? 0 : 1);
    await (this.#data ??= this.port.openData?.({ maxMessageSize: largest, opens }));
  }

  get capabilities(): RtpCapabilities {
    return this.port.capabilities;
  }

  /** What the client has ever listed of a kind; empty: nothing is known yet. */
  decodable(kind: MediaKind): readonly SdpCodec[] {
    return this.#decodable[kind];
  }

  /** Remembers what a section of the client says of it, accepted or not. */
  learn(section: Section): void {
    this.extensions.learn(section.extensions);
    const kind = kindOf(section);
    if (!kind || section.rejected) return;
    const known = this.#decodable[kind];
    for (const codec of section.codecs) {
      if (known.some((other) => other.payloadType === codec.payloadType && isSameCodec(other, codec)))
        continue;
      // The parser bounds one description, not a thousand of them.
      if (known.length === MAX_KNOWN_CODECS) return;
      known.push(codec);
      this.unplayable.clear();
    }
  }

  /** Whether a section of the client other than this one is received by RID. */
  isRidTaken(line: MLine): boolean {
    return this.lines.find((other) => other !== line && other.rids.length > 0 && isOpen(other)) !== undefined;
  }

  /** What the client sends. */
  get producers(): Producer[] {
    return [...this.lines].flatMap(({ producer }) => producer ?? []);
  }

  /** Wanted tracks that the client could have and does not. */
  get missing(): Producer[] {
    return [...this.wanted.values()].filter(
      ({ id, closed, paused }) =>
        !closed && !paused && !this.declined.has(id) && !this.unplayable.has(id) && !this.#isSent(id),
    );
  }

  #isSent(producerId: string): boolean {
    return (
      this.lines.find(({ consumer }) => consumer?.producer.id === producerId && !consumer.closed) !==
      undefined
    );
  }
}

const MAX_KNOWN_CODECS = 512;

const isOpen = ({ producer }: MLine): boolean => producer !== undefined && !producer.closed;
