import type { types } from 'mediasoup';
import { Emitter } from '../../../events.js';
import { LocalIncomingStream, LocalOutgoingStream } from './localStreams.js';
import type { PipeAddress, PipeEnd, PipeEndEvents, StreamDescription } from './PipeEnd.js';

/** First and last UDP port that pipes may take. */
export interface PortRange {
  readonly min: number;
  readonly max: number;
}

export interface LocalPipeOptions {
  /** Lost packets are sent again. Both routers must have the same codecs. */
  readonly retransmits: boolean;
  readonly ports: PortRange;
}

/** Nothing leaves the machine. */
const LOOPBACK = '127.0.0.1';
/** What a busy room sends in the tens of milliseconds for which a process does not get its turn; the system may give less. */
const BUFFER_BYTES = 4_000_000;

/** An end on a router of this process. */
export class LocalPipeEnd extends Emitter<PipeEndEvents> implements PipeEnd {
  readonly #raw: types.PipeTransport;

  static async open(router: types.Router, { retransmits, ports }: LocalPipeOptions): Promise<LocalPipeEnd> {
    const raw = await router.createPipeTransport({
      listenInfo: {
        protocol: 'udp',
        ip: LOOPBACK,
        portRange: ports,
        sendBufferSize: BUFFER_BYTES,
        recvBufferSize: BUFFER_BYTES,
      },
      enableRtx: retransmits,
    });
    return new LocalPipeEnd(raw);
  }

  private constructor(raw: types.PipeTransport) {
    super();
    this.#raw = raw;
    raw.observer.once('close', () => {
      this.emit('closed');
    });
  }

  get address(): PipeAddress {
    const { tuple, srtpParameters } = this.#raw;
    return { ip: tuple.localAddress, port: tuple.localPort, srtpParameters };
  }

  async connect({ ip, port, srtpParameters }: PipeAddress): Promise<void> {
    await this.#raw.connect({ ip, port, ...(srtpParameters && { srtpParameters }) });
  }

  async send(producerId: string): Promise<LocalOutgoingStream> {
    return new LocalOutgoingStream(await this.#raw.consume({ producerId }));
  }

  async receive(stream: StreamDescription): Promise<LocalIncomingStream> {
    return new LocalIncomingStream(await this.#raw.produce({ ...stream }));
  }

  close(): void {
    this.#raw.close();
  }
}
