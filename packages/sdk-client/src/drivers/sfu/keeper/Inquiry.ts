import type { ProtooAnswers } from '@parlor/protocol';
import type { DriverContext } from '../../MediaDriver.js';
import { readPath } from '../../PathPulse.js';
import { QUIET_LIMIT } from '../../stall.js';
import type { Direction } from '../device.js';
import type { SfuTransport } from '../SfuTransport.js';
import { readReports, type Reports } from './counters.js';

/** Milliseconds without a packet after which the server is asked what it sends. */
const PAUSE = QUIET_LIMIT / 4;
/** Milliseconds after which a report is late: they come once a second, give or take a half (RFC 3550 §6.3.1). */
const LATE_REPORT = 1750;
/** When less than this share of what was sent is reported as arrived, the server is asked. */
const SHARE = 0.85;
/** So many packets in a row are hardly lost by chance, where there is doubt already. */
const ENOUGH = 4;
/** The same on the word of a single report. */
const PLENTY = 8;
/** Milliseconds in which what is on its way arrives. */
const ON_ITS_WAY = 300;

/** What the server was asked, and its answer. */
interface Asked {
  readonly at: number;
  /** Packets sent until then. */
  readonly sent: number;
  /** Bytes of media that the server had received then, or sent. */
  readonly bytes: number;
}

/**
 * Where browsers do not count connectivity checks (Firefox), the server is asked what it sees of a transport of which
 * nothing comes, or on which reports are bad or late. Media that one side sends and the other does not receive is lost.
 */
export class Inquiry {
  #isAsking = false;
  /** The first time in this doubt. */
  #first: Asked | undefined;
  #isLost = false;
  #isProven = true;
  /** As of the first look at the last report. */
  #reported: Reports | undefined;

  constructor(
    private readonly options: {
      readonly direction: Direction;
      readonly context: DriverContext;
      readonly transport: SfuTransport['transport'];
    },
  ) {}

  /** Whether media gets lost. For each look while there is something to carry. */
  look(report: RTCStatsReport, at: number): boolean {
    const { direction } = this.options;
    const { quiet = 0 } = readPath(report);
    const reports = readReports(report);
    const isDoubtful = direction === 'send' ? this.#isIllReported(reports) : quiet >= PAUSE;
    if (!isDoubtful && this.#isProven) this.#rest();
    else void this.#ask(at, reports.sent);
    return this.#isLost && (direction === 'send' || quiet >= QUIET_LIMIT);
  }

  /** The server is being asked: looks should be close. */
  get isDoubtful(): boolean {
    return this.#first !== undefined || !this.#isProven;
  }

  /** Of what is sent, something arrives since the path was last repaired. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** The path is repaired: what was found out before says nothing any more. */
  beginAnew(): void {
    this.#rest();
    this.#isProven = this.options.direction === 'recv';
  }

  #rest(): void {
    this.#first = undefined;
    this.#isLost = false;
  }

  #isIllReported(reports: Reports): boolean {
    const before = (this.#reported ??= reports);
    const { now, at, arrived, sent } = reports;
    if (at <= before.at) return now - before.at >= LATE_REPORT || this.#first !== undefined;
    this.#reported = reports;
    // It is about what had been sent until it was made, which may be a look ago.
    const due = ((sent - before.sent) * (at - before.at)) / (now - before.now);
    const more = arrived - before.arrived;
    if (more > 0) this.#isProven = true;
    if (more <= 0 && due >= PLENTY && reports.oldest > before.at) this.#isLost = true;
    return more < SHARE * due;
  }

  async #ask(at: number, sent: number): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { context, direction, transport } = this.options;
    const first = this.#first;
    try {
      const answer = await context.request('getTransportStats', { transportId: transport.id });
      const { rtpBytesReceived, rtpBytesSent } = answer as ProtooAnswers['getTransportStats'];
      // Something has come meanwhile.
      if (first !== this.#first) return;
      const bytes = direction === 'send' ? rtpBytesReceived : rtpBytesSent;
      if (!first) this.#first = { at, sent, bytes };
      else if (direction === 'recv') this.#isLost = bytes > first.bytes;
      else if (bytes > first.bytes) {
        this.#rest();
        this.#isProven = true;
      } else this.#isLost ||= sent - first.sent >= ENOUGH && at - first.at >= ON_ITS_WAY;
    } catch (error) {
      context.logger.debug('transport', direction, error);
    } finally {
      this.#isAsking = false;
    }
  }
}
