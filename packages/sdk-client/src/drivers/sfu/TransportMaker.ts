import type { types } from 'mediasoup-client';
import type { DriverContext } from '../MediaDriver.js';
import type { Abilities, Direction } from './device.js';
import { SfuTransport } from './SfuTransport.js';
import type { WireJoin, WireTransport } from './wire.js';

export interface WantedTransport {
  readonly direction: Direction;
  /** Made by the server already, with the answer to joining. */
  readonly info?: WireTransport | undefined;
  readonly policy?: RTCIceTransportPolicy | undefined;
}

interface TransportMakerOptions {
  readonly context: DriverContext;
  readonly abilities: Abilities;
  readonly joined: WireJoin;
  /** Told of each before anything can happen to it. */
  readonly follow: (transport: SfuTransport) => void;
}

/** Makes transports to the router that a join has led to. */
export class TransportMaker {
  readonly #device: (direction: Direction) => Promise<types.Device>;

  constructor(private readonly options: TransportMakerOptions) {
    const { abilities, joined } = options;
    this.#device = abilities.devices(joined.rtpCapabilities);
  }

  /** Those of the join. */
  get iceServers(): readonly RTCIceServer[] {
    return this.#withOwn(this.options.joined.iceServers);
  }

  /** What both sides can do. */
  async capabilities(direction: Direction): Promise<types.RtpCapabilities> {
    const { sendRtpCapabilities, recvRtpCapabilities } = await this.#device(direction);
    return direction === 'send' ? sendRtpCapabilities : recvRtpCapabilities;
  }

  /** One that the server has made; the browser's side comes with `ready`. @throws ParlorError the server's refusal */
  async create({ direction, info, policy }: WantedTransport): Promise<SfuTransport> {
    const { context, joined, follow } = this.options;
    // Of a later one: what was told at the join may have expired.
    const made =
      info ??
      ((await context.request('createWebRtcTransport', { direction, iceServers: true })) as WireTransport);
    const iceTransportPolicy = policy ?? context.rtcConfiguration.iceTransportPolicy;
    const options = {
      ...made,
      iceServers: this.#withOwn(made.iceServers ?? joined.iceServers),
      ...(iceTransportPolicy === undefined ? {} : { iceTransportPolicy }),
    };
    const make = async (): Promise<types.Transport> => {
      const device = await this.#device(direction);
      return direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options);
    };
    const transport = new SfuTransport(made.id, make, context);
    follow(transport);
    return transport;
  }

  /** The same with both sides. */
  async createReady(wanted: WantedTransport): Promise<SfuTransport> {
    const transport = await this.create(wanted);
    await transport.ready();
    return transport;
  }

  #withOwn(iceServers: readonly RTCIceServer[]): RTCIceServer[] {
    return [...iceServers, ...(this.options.context.rtcConfiguration.iceServers ?? [])];
  }
}
