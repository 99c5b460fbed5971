import type { Stream } from './streams.js';

/** One media server, as the clients of a fan-out see it. */
export interface Sfu {
  /** Publishes the stream; `send` takes its RTP packets. */
  publish(stream: Stream): Promise<{ send: (packet: Buffer) => void }>;
  /** One more client that receives it. Resolves when it is connected. */
  receive(): Promise<Receiver>;
  close(): Promise<void>;
}

export interface Receiver {
  /** So many have come so far. */
  packets(): number;
  /** When it began to come, by `performance.now()`, and when, let in, it asked for the stream. */
  readonly startedAt: number;
  readonly askedAt: number;
  /** When the first packet came. */
  firstAt(): number | undefined;
  close(): Promise<void>;
}

export interface SfuAddress {
  kind: 'parlor' | 'raw' | 'janus';
  url: string;
  token: string;
  /** Of Janus: what its media can be reached at. */
  address?: string;
}
