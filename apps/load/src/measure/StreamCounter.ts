import { sequenceNumberOf } from '../media/rtp.js';

const SEQUENCE_NUMBERS = 2 ** 16;

export interface StreamCount {
  packets: number;
  bytes: number;
  /** Sequence numbers that never came. */
  lost: number;
}

/** Counts what arrives of one RTP stream; loss as RFC 3550 §A.3 reckons it. */
export class StreamCounter {
  /** `performance.now()` of the first packet. */
  firstAt: number | undefined;
  #packets = 0;
  #bytes = 0;
  #first = 0;
  #highest = 0;
  #mark: StreamCount = { packets: 0, bytes: 0, lost: 0 };

  add(packet: Buffer, now: number): void {
    const sequenceNumber = sequenceNumberOf(packet);
    if (this.firstAt === undefined) {
      this.firstAt = now;
      this.#first = sequenceNumber;
      this.#highest = sequenceNumber;
    }
    // The nearest number to the highest one with these 16 bits: what comes late goes back, what wraps goes on.
    const ahead = (sequenceNumber - this.#highest) & (SEQUENCE_NUMBERS - 1);
    if (ahead < SEQUENCE_NUMBERS / 2) this.#highest += ahead;
    this.#packets++;
    this.#bytes += packet.length;
  }

  /** What is counted from here on is what `sinceMark` tells. */
  mark(): void {
    this.#mark = this.#total();
  }

  sinceMark(): StreamCount {
    const { packets, bytes, lost } = this.#total();
    return {
      packets: packets - this.#mark.packets,
      bytes: bytes - this.#mark.bytes,
      lost: Math.max(0, lost - this.#mark.lost),
    };
  }

  #total(): StreamCount {
    const expected = this.firstAt === undefined ? 0 : this.#highest - this.#first + 1;
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      lost: Math.max(0, expected - this.#packets),
    };
  }
}
