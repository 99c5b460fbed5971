import type { types } from 'mediasoup';
import type { EventSource } from '../../../events.js';

/**
 * A pipe carries producers from router to router. Its two ends know nothing of each other but plain data (`PipeAddress`,
 * `StreamDescription`), so that one of them may be on another machine.
 */

/** Where one end can be reached by the other. */
export interface PipeAddress {
  readonly ip: string;
  readonly port: number;
  /** What this end encrypts with; absent: the pipe does not leave the machine and is not encrypted. */
  readonly srtpParameters?: types.SrtpParameters | undefined;
}

/** A producer as the other end has to know it: all of its layers, with their own SSRCs. */
export interface StreamDescription {
  readonly kind: types.MediaKind;
  readonly rtpParameters: types.RtpParameters;
  readonly paused: boolean;
}

export interface PipeEndEvents {
  /** It has gone with its router. */
  closed: [];
}

/** One end of a pipe, on one router. Producers can go both ways. */
export interface PipeEnd extends EventSource<PipeEndEvents> {
  readonly address: PipeAddress;
  connect(other: PipeAddress): Promise<void>;
  /** Lets a producer of this router go to the other end. */
  send(producerId: string): Promise<OutgoingStream>;
  /** Makes a copy of what the other end sends. */
  receive(stream: StreamDescription): Promise<IncomingStream>;
  close(): void;
}

export interface OutgoingStreamEvents {
  /** The publisher's doing. */
  paused: [];
  resumed: [];
  /** With its producer, with the pipe, or by `close()`. */
  closed: [];
}

/** A producer where it leaves its router. */
export interface OutgoingStream extends EventSource<OutgoingStreamEvents> {
  readonly description: StreamDescription;
  readonly paused: boolean;
  readonly closed: boolean;
  /** Whether anybody at the other end has use for it; while nobody has, nothing is sent. Then comes a key frame. */
  setWanted(wanted: boolean): void;
  /** Of video. Requests that come through the pipe are passed on, but there are none as long as nothing has gone through. */
  requestKeyFrame(): void;
  close(): void;
}

export interface IncomingStreamEvents {
  closed: [];
}

/** Its copy at the other end. */
export interface IncomingStream extends EventSource<IncomingStreamEvents> {
  /** Of the copy: not that of the producer, which may come to this very router while the copy is still there. */
  readonly producerId: string;
  readonly closed: boolean;
  setPaused(paused: boolean): void;
  close(): void;
}
