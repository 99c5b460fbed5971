/** One media server, as the clients of a fan-out see it. */
export interface Sfu {
  /** Publishes one video stream; `send` takes its RTP packets. */
  publish(stream: { ssrc: number; payloadType: number }): Promise<{ send: (packet: Buffer) => void }>;
  /** One more client that receives it; the result tells how many packets it has received so far. */
  receive(): Promise<() => number>;
  close(): Promise<void>;
}

export interface SfuAddress {
  kind: 'parlor' | 'raw' | 'janus';
  url: string;
  token: string;
  /** Of Janus: what its media can be reached at. */
  address?: string;
}
