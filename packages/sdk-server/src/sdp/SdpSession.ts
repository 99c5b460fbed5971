import { randomInt } from 'node:crypto';
import type { MediaKind } from '@parlor/protocol';
import type { Producer } from '../core/types.js';
import { ParlorError } from '../errors.js';
import { Change } from './Change.js';
import { roomCodecs } from './codecs.js';
import { isReceiving, type Description, type Section, type Setup } from './description.js';
import { listedIn } from './extmap.js';
import { LayerCaps } from './layers.js';
import { FIRST_LIMITS, invalid, type SdpLimits } from './lines.js';
import type { MediaPort } from './MediaPort.js';
import type { MLine } from './mlines.js';
import { checkConsumer, release, takeOffered, takeSent } from './receiving.js';
import { answeredSection, isSent, isTaken, offeredSection } from './sections.js';
import { placeInOffer } from './sending.js';
import { SessionState, type Refusal, type Turn } from './SessionState.js';
import { TransportLink } from './TransportLink.js';
import { writeDescription, type SectionOut } from './write.js';

export interface OfferOptions {
  /** Sections for what a client may send that has made no offer: its tracks attach to them (RFC 8829 §5.10). */
  slots?: readonly Slot[];
  iceRestart?: boolean;
}

/** `application`: data channels, of which the server opens one. */
export type Slot = MediaKind | 'application';

/** UTF-16 code units that a client writes for one more section, generously. */
const LENGTH_OF_A_SECTION = 8 * 1024;

/**
 * One RTCPeerConnection of a client and the server's end of it: descriptions in, descriptions out (RFC 8829). It does one
 * thing at a time; `Negotiator` sees to that. A step that fails leaves everything as it was.
 */
export class SdpSession {
  readonly #state: SessionState;
  readonly #link: TransportLink;
  readonly #layers = new LayerCaps();
  readonly #id = String(randomInt(2 ** 47));
  #version = 0;
  /** The offer of the server that is out. */
  #pending: Change | undefined;
  /** What that offer says of each section. */
  #offered = new Map<MLine, { isSent: boolean; shape: string }>();
  /** What the client was last told of each section. */
  #agreed: string[] = [];

  constructor(port: MediaPort) {
    this.#state = new SessionState(port);
    this.#link = new TransportLink(port);
  }

  /** An offer of the server is not answered yet. */
  get isOffering(): boolean {
    return this.#pending !== undefined;
  }

  /** What a description of the client may hold: with the room it grows. */
  get limits(): SdpLimits {
    const { size } = this.#state.lines;
    const { maxLength, maxSections } = FIRST_LIMITS;
    return { maxLength: maxLength + size * LENGTH_OF_A_SECTION, maxSections: maxSections + size };
  }

  /** Whether a description comes from the same RTCPeerConnection as those before. */
  isFor({ transport }: Description): boolean {
    return !transport || this.#link.isSameConnection(transport);
  }

  /** The client gets this track with the next description of the server. */
  want(producer: Producer): void {
    this.#state.wanted.set(producer.id, producer);
  }

  unwant(producerId: string): void {
    this.#state.wanted.delete(producerId);
    this.#state.declined.delete(producerId);
    this.#state.unplayable.delete(producerId);
  }

  /**
   * The client is asked, with the next offer, to send what was not taken before; returns the kinds that it has no section
   * for.
   */
  invite(kinds: readonly MediaKind[]): MediaKind[] {
    return kinds.filter((kind) => {
      const line = this.#state.lines.find(
        ({ media, origin, rejected, recvCodecs }) =>
          media === kind && origin === 'client' && !rejected && recvCodecs.length > 0,
      );
      if (line && !isTaken(line)) line.slot = true;
      return !line;
    });
  }

  /** There is a client at the other end. */
  get isConnected(): boolean {
    return this.#link.isConnected;
  }

  /** An offer would say something that has not been agreed on. */
  get hasNews(): boolean {
    return this.#state.missing.length > 0 || this.#hasChanged;
  }

  /**
   * Answers an offer of the client. What is refused of it stands in the answer as not taken, and is named.
   * @throws SDP_INVALID; BAD_REQUEST while an offer of the server is out
   */
  async handleOffer(description: Description): Promise<{ sdp: string; refused: Refusal[] }> {
    const { transport, sections } = description;
    this.#assertStable();
    if (!transport) throw invalid('all media sections are rejected');
    this.#checkOrder(sections);
    const turn = this.#begin();
    try {
      await this.#link.connect(transport);
      for (const section of sections) this.#state.learn(section);
      for (const [index, section] of sections.entries())
        await takeOffered(this.#lineFor(index, section), section, turn);
      // Last, for it cannot be taken back.
      await this.#link.answerRestart(transport);
    } catch (error) {
      turn.change.undo();
      throw error;
    }
    turn.change.commit();
    this.#settled(shapeOf);
    const answered = [...this.#state.lines].flatMap((line, index) => {
      const section = sections[index];
      return section ? [answeredSection(line, section, this.#data)] : [];
    });
    return { sdp: this.#write(answered, this.#link.role), refused: turn.refused };
  }

  /** Offers what has changed; no `sdp`: nothing has. */
  async createOffer(options: OfferOptions = {}): Promise<{ sdp: string | undefined; refused: Refusal[] }> {
    const { slots = [], iceRestart = false } = options;
    this.#assertStable();
    const turn = this.#begin();
    const { change, refused } = turn;
    try {
      for (const slot of slots) if (slot !== 'application') this.#addSlot(slot);
      await placeInOffer(turn);
      // No reason to offer by itself: where there is nothing to see or hear there was no connection either.
      if (slots.includes('application') && this.#hasChanged) this.#state.addData();
      const restarts = iceRestart || this.#link.isRestarting;
      if (!restarts && !this.#hasChanged) {
        change.commit();
        return { sdp: undefined, refused };
      }
      const ice = restarts ? await this.#link.nextIce() : this.#link.ice;
      const lines = [...this.#state.lines];
      const sections = lines.map((line) => offeredSection(line, this.#data));
      this.#pending = change;
      this.#offered = new Map(lines.map((line) => [line, { isSent: isSent(line), shape: shapeOf(line) }]));
      return { sdp: this.#write(sections, 'actpass', ice), refused };
    } catch (error) {
      change.undo();
      throw error;
    }
  }

  /**
   * Takes the client's answer. After an error the offer is still out.
   * @throws SDP_INVALID; BAD_REQUEST where nothing was offered
   */
  async handleAnswer({ transport, sections }: Description): Promise<{ refused: Refusal[] }> {
    const pending = this.#pending;
    if (!pending) throw new ParlorError('BAD_REQUEST', 'no offer of the server waits for an answer');
    if (transport?.setup === 'actpass') throw invalid('an answer has to choose: a=setup:active or passive');
    if (sections.length !== this.#state.lines.size)
      throw invalid('the answer must have the sections of the offer');
    this.#checkOrder(sections);
    const turn = this.#begin();
    try {
      if (transport) await this.#link.connect(transport);
      for (const section of sections) this.#state.learn(section);
      for (const [index, section] of sections.entries())
        await this.#takeAnswer(this.#lineFor(index, section), section, turn);
    } catch (error) {
      turn.change.undo();
      throw error;
    }
    this.#pending = undefined;
    if (transport) this.#link.answered(transport);
    pending.commit();
    turn.change.commit();
    // What ended or was muted while the offer was out is news to the client; what the client turned down is not.
    this.#settled((line) => {
      const offered = this.#offered.get(line);
      const isTurnedDown = line.rejected || (offered?.isSent && (!line.consumer || !line.clientReceives));
      return offered && !isTurnedDown ? offered.shape : shapeOf(line);
    });
    return { refused: turn.refused };
  }

  /** The client will not answer the offer that is out: back to what was agreed on before. */
  rollback(): void {
    this.#pending?.undo();
    this.#pending = undefined;
  }

  async #takeAnswer(line: MLine, section: Section, turn: Turn): Promise<void> {
    if (line.rejected) return;
    if (line.sctp && section.sctp) {
      const opensAs = line.origin === 'server' ? this.#link.role : undefined;
      await this.#state.openData(section.sctp.maxMessageSize, opensAs);
      return;
    }
    if (section.rejected || line.sctp) {
      release(line, turn);
      line.rejected = true;
      return;
    }
    line.recvExtensions = listedIn(line.recvExtensions, section.extensions);
    line.sendExtensions = listedIn(line.sendExtensions, section.extensions);
    if (this.#offered.get(line)?.isSent) line.clientReceives = isReceiving(section.direction);
    if (line.slot) await takeSent(line, section, turn);
    checkConsumer(line, section, turn);
  }

  /** Both sides have agreed; `shapeTold` is what the client knows of a section. */
  #settled(shapeTold: (line: MLine) => string): void {
    this.#agreed = [...this.#state.lines].map(shapeTold);
    this.#layers.apply(this.#state.lines);
  }

  #assertStable(): void {
    if (this.#pending) throw new ParlorError('BAD_REQUEST', 'an offer of the server is not answered yet');
  }

  #begin(): Turn {
    const change = new Change();
    change.onUndo(this.#state.lines.snapshot());
    change.onUndo(this.#state.payloadTypes.snapshot());
    return { state: this.#state, change, refused: [] };
  }

  #addSlot(kind: MediaKind): void {
    const { lines, capabilities, payloadTypes, extensions } = this.#state;
    const recvCodecs = roomCodecs(capabilities, kind).flatMap((codec) => payloadTypes.claim(codec) ?? []);
    const recvExtensions = extensions.receivable(kind);
    extensions.learn(recvExtensions);
    lines.add({ media: kind, mid: lines.newMid(), origin: 'server', slot: true, recvCodecs, recvExtensions });
  }

  #lineFor(index: number, section: Section): MLine {
    const { lines } = this.#state;
    const { media, mid, protocol, formats, codecs: offeredCodecs } = section;
    const line = lines.at(index);
    if (line && (mid === undefined || line.mid === mid)) return line;
    const added = { media, mid, protocol, formats, offeredCodecs, origin: 'client' } as const;
    return line ? lines.replace(index, added) : lines.add(added);
  }

  /** Sections keep their places (RFC 8829 §5.2.2); only one that was rejected may become another. */
  #checkOrder(sections: readonly Section[]): void {
    for (const [index, line] of [...this.#state.lines].entries()) {
      const section = sections[index];
      const { rejected, mid, media } = line;
      const isSame = section && (section.mid === mid || (section.rejected && section.mid === undefined));
      if (!section || (!isSame && !rejected) || (section.mid === mid && section.media !== media))
        throw invalid(`media section ${String(index)} must stay ${media} with mid ${mid ?? '(none)'}`);
    }
  }

  get #data(): { port: number; maxMessageSize: number } | undefined {
    return this.#state.port.info.sctpParameters;
  }

  get #hasChanged(): boolean {
    return [...this.#state.lines].map(shapeOf).join() !== this.#agreed.join();
  }

  #write(sections: readonly SectionOut[], setup: Setup, ice = this.#link.ice): string {
    const { iceCandidates: candidates, dtlsParameters } = this.#state.port.info;
    const { fingerprints } = dtlsParameters;
    const fingerprint = fingerprints.find(({ algorithm }) => algorithm === 'sha-256') ?? fingerprints[0];
    if (!fingerprint) throw new ParlorError('MEDIA_UNAVAILABLE', 'the transport has no certificate');
    this.#version += 1;
    const { version, sessionId } = { version: this.#version, sessionId: this.#id };
    return writeDescription({ sessionId, version, ice, candidates, fingerprint, setup, sections });
  }
}

/** What an offer would say of a section, as far as it changes. */
function shapeOf(line: MLine): string {
  const sent = isSent(line) && [line.msid, line.consumer?.rtpParameters.encodings[0]?.ssrc];
  return JSON.stringify([line.rejected, isTaken(line), sent]);
}
