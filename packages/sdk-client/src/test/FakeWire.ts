import type { FakeHandler } from 'mediasoup-client/handlers/FakeHandler';
import { vi } from 'vitest';
import type { FakeClock } from '../testing/index.js';

const PACKETS_A_SECOND = 50;
const REPORTS_A_SECOND = 1;
/** Milliseconds between connectivity checks, as Chromium sends them on a path that is well. */
const CHECK_INTERVAL = 2500;
/** The same until one is answered. */
const FIRST_INTERVAL = 100;

/** The statistics of one transport, as a browser would give them while time passes. */
export class FakeWire {
  /** Packets get through in either direction. */
  isCut = false;
  /** What is sent gets lost, and reports on it still come. */
  isUpCut = false;
  /** Nothing comes of what the other side should send, although the way is free. */
  isSilent = false;
  /** Sources deliver frames. */
  delivers = true;
  /** Sources deliver, and nothing of it is sent. */
  isResting = false;
  /** Seconds for which pictures have stood still. */
  frozen = 0;
  /** By media section. */
  readonly streams = new Map<string, 'audio' | 'video'>();
  /** Media sections of which nothing comes, although the others go on. */
  readonly stuck = new Set<string>();
  /** Packets that have come, by media section. */
  readonly #received = new Map<string, number>();
  /** ICE restarts make others. */
  #pair = 1;
  /** When a check was last sent. */
  #asked: number;
  #last: number;
  #sums = { sent: 0, frames: 0, arrived: 0, asked: 0, answered: 0, carried: 0 };
  /** What came in where nothing but media does, and when the last of it. */
  #heard = { at: 0, packets: 0 };
  /** When the other side last reported, and how many packets had come until then. */
  #reported = { at: 0, carried: 0 };

  constructor(
    handler: FakeHandler,
    private readonly options: {
      direction: 'send' | 'recv';
      clock: FakeClock;
      /** Connectivity checks are not counted, nor are transports: as in Firefox. */
      isUncounted?: boolean;
    },
  ) {
    this.#last = this.#asked = options.clock.now();
    vi.spyOn(handler, 'restartIce').mockImplementation(() => {
      this.#pair += 1;
      this.#sums.asked = this.#sums.answered = 0;
      return Promise.resolve();
    });
    vi.spyOn(handler, 'getTransportStats').mockImplementation(() => Promise.resolve(this.#report()));
  }

  /** What the server has counted: packets that it got of what is sent, or that it sent of what is received. */
  get carried(): number {
    this.#pass();
    return this.#sums.carried;
  }

  #report(): RTCStatsReport {
    this.#pass();
    const { direction, clock, isUncounted = false } = this.options;
    const { sent, frames } = this.#sums;
    const timestamp = clock.now();
    const streams = [...this.streams].map(([mid, kind]) =>
      direction === 'send'
        ? {
            id: `out-${mid}`,
            type: 'outbound-rtp',
            mid,
            kind,
            timestamp,
            packetsSent: sent,
            mediaSourceId: `source-${mid}`,
          }
        : {
            id: `in-${mid}`,
            type: 'inbound-rtp',
            mid,
            kind,
            timestamp,
            packetsReceived: this.#received.get(mid) ?? 0,
            totalFreezesDuration: this.frozen,
          },
    );
    const sources = [...this.streams].map(([mid, kind]) => ({
      id: `source-${mid}`,
      type: 'media-source',
      kind,
      ...(kind === 'video' ? { frames } : {}),
    }));
    const path = isUncounted ? this.#uncounted() : this.#counted();
    const entries = [...path, ...streams, ...(direction === 'send' ? sources : [])];
    return new Map<string, object>(entries.map((entry) => [entry.id, entry])) as RTCStatsReport;
  }

  #counted() {
    const { sent, arrived, asked, answered } = this.#sums;
    const pair = `pair-${String(this.#pair)}`;
    return [
      {
        id: 'transport',
        type: 'transport',
        packetsSent: sent,
        packetsReceived: arrived,
        selectedCandidatePairId: pair,
      },
      { id: pair, type: 'candidate-pair', requestsSent: asked, responsesReceived: answered },
    ];
  }

  #uncounted() {
    const { direction, clock } = this.options;
    const pair = {
      id: `pair-${String(this.#pair)}`,
      type: 'candidate-pair',
      selected: true,
      timestamp: clock.now(),
      bytesReceived: this.#heard.packets,
      lastPacketReceivedTimestamp: this.#heard.at,
    };
    const reports = [...this.streams.keys()].map((mid) => ({
      id: `reported-${mid}`,
      type: 'remote-inbound-rtp',
      localId: `out-${mid}`,
      timestamp: this.#reported.at,
      packetsReceived: this.#reported.carried,
    }));
    return [pair, ...(direction === 'send' ? reports : [])];
  }

  #pass(): void {
    const now = this.options.clock.now();
    const seconds = (now - this.#last) / 1000;
    this.#last = now;
    const packets = Math.ceil(PACKETS_A_SECOND * seconds);
    const isKnown = this.#sums.answered > 0;
    const checks = Math.floor((now - this.#asked) / (isKnown ? CHECK_INTERVAL : FIRST_INTERVAL));
    if (checks > 0) this.#asked = now;
    this.#sums.asked += checks;
    const leaves = this.delivers && !this.isResting;
    if (this.delivers) this.#sums.frames += packets;
    if (leaves) this.#sums.sent += packets;
    const isReceived = this.options.direction === 'recv';
    const getsThere = isReceived ? !this.isSilent : leaves && !this.isCut && !this.isUpCut;
    if (getsThere) this.#sums.carried += packets;
    if (!this.isCut && now - this.#reported.at >= 1000 / REPORTS_A_SECOND)
      this.#reported = { at: now, carried: this.#sums.carried };
    if (this.isUpCut) this.#sums.arrived += Math.ceil(REPORTS_A_SECOND * seconds);
    if (!this.isCut && !this.isSilent && packets > 0)
      this.#heard = { at: now, packets: this.#heard.packets + packets };
    if (this.isCut || this.isUpCut) return;
    this.#sums.answered += checks;
    // Reports come whether or not media does.
    this.#sums.arrived += packets;
    if (this.isSilent) return;
    for (const mid of this.streams.keys())
      if (!this.stuck.has(mid)) this.#received.set(mid, (this.#received.get(mid) ?? 0) + packets);
  }
}
