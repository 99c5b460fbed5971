import type { MediaKind } from '@parlor/protocol';
import type { Consumer, Producer } from '../core/types.js';
import type { SdpCodec, SdpExtension } from './description.js';

/**
 * One media section of a connection as both sides agreed on it, or as an offer under way has it. Sections keep their
 * place and their mid for ever; what they carry changes.
 */
export interface MLine {
  /** `audio`, `video`, `application` or what the client calls it. */
  readonly media: string;
  readonly mid: string | undefined;
  readonly origin: 'client' | 'server';
  /** Port 0. */
  rejected: boolean;
  /** The protocol, formats and codecs of the client, to be repeated where the section is rejected. */
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly offeredCodecs: readonly SdpCodec[];
  /** A data channel section that is used. */
  sctp: boolean;
  /** Made by the server for media of the client, with nothing sent on it. */
  slot: boolean;
  /** What the client sends. */
  producer: Producer | undefined;
  /** Changes when the client sends something else in the same section. */
  producerKey: string | undefined;
  /** In which the client may send: the room's choice, its retransmission codec after it. */
  recvCodecs: readonly SdpCodec[];
  recvExtensions: readonly SdpExtension[];
  rids: readonly string[];
  /** What the client is sent. */
  consumer: Consumer | undefined;
  msid: string;
  /** Kept when the consumer is gone: sections without codecs cannot be written. */
  sendCodecs: readonly SdpCodec[];
  sendExtensions: readonly SdpExtension[];
  /** Whether the client takes what is sent. */
  clientReceives: boolean;
}

export type NewMLine = Pick<MLine, 'media' | 'mid' | 'origin'> & Partial<MLine>;

export const newMLine = (options: NewMLine): MLine => ({
  rejected: false,
  protocol: 'UDP/TLS/RTP/SAVPF',
  formats: [],
  offeredCodecs: [],
  sctp: false,
  slot: false,
  producer: undefined,
  producerKey: undefined,
  recvCodecs: [],
  recvExtensions: [],
  rids: [],
  consumer: undefined,
  msid: '',
  sendCodecs: [],
  sendExtensions: [],
  clientReceives: false,
  ...options,
});

export const kindOf = ({ media }: Pick<MLine, 'media'>): MediaKind | undefined =>
  media === 'audio' || media === 'video' ? media : undefined;

/** All sections of a connection in their order. */
export class MLines implements Iterable<MLine> {
  #lines: MLine[] = [];
  #lastMid = -1;

  [Symbol.iterator](): Iterator<MLine> {
    return this.#lines[Symbol.iterator]();
  }

  get size(): number {
    return this.#lines.length;
  }

  at(index: number): MLine | undefined {
    return this.#lines[index];
  }

  add(line: NewMLine): MLine {
    const added = newMLine(line);
    this.#lines.push(added);
    return added;
  }

  /** Another section takes the place of one that was rejected (RFC 8829 §5.2.2). */
  replace(index: number, line: NewMLine): MLine {
    const added = newMLine(line);
    this.#lines[index] = added;
    return added;
  }

  /** Takes back a section that no description has had yet. */
  remove(line: MLine): void {
    this.#lines = this.#lines.filter((other) => other !== line);
  }

  find(wanted: (line: MLine) => boolean): MLine | undefined {
    return this.#lines.find(wanted);
  }

  /**
   * For a section of the server: never one that the client has used, and at least two characters (extmap.ts) and at most
   * the eight that the worker takes.
   */
  newMid(): string {
    for (;;) {
      this.#lastMid += 1;
      const mid = `s${String(this.#lastMid)}`;
      if (!this.#lines.some((line) => line.mid === mid)) return mid;
    }
  }

  /** Remembers this state; the function returned brings it back. Mids are never given out twice. */
  snapshot(): () => void {
    const lines = this.#lines;
    const copies = lines.map((line) => ({ ...line }));
    this.#lines = [...lines];
    return () => {
      this.#lines = lines.map((line, index) => Object.assign(line, copies[index]));
    };
  }
}
