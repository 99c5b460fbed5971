import { Device, type types } from 'mediasoup-client';
import { Peer, WebSocketTransport } from 'protoo-client';

/** How to join: everything but the address may be left out. */
export interface ForeignOptions {
  server: string;
  roomId: string;
  peerId: string;
  /** Where the router's capabilities come from; the source document names the address. */
  capabilities?: 'address' | 'answer';
  /** The browser's part in the DTLS handshake of both transports. */
  dtlsRole?: 'client' | 'server';
}

type Answer = Record<string, unknown>;

/**
 * A client of somebody who has the source document, `protoo-client` and `mediasoup-client`, and nothing of Parlor. It
 * sends `joinRoom`, `produce`, `consume`, `resume`, `closeProducer` with the members that are named there, and the two
 * requests for transports.
 */
export class ForeignClient {
  readonly notifications: { method: string; data: Answer }[] = [];
  readonly #options: ForeignOptions;
  readonly #peer: Peer;
  readonly #device = new Device();
  readonly #producers = new Map<string, types.Producer>();
  readonly #consumers = new Map<string, types.Consumer>();
  #send: types.Transport | undefined;
  #recv: types.Transport | undefined;

  constructor(options: ForeignOptions) {
    this.#options = options;
    const { server, roomId, peerId } = options;
    const query = new URLSearchParams({ roomId, peerId });
    const url = `${server.replace(/^http/, 'ws')}?${query.toString()}`;
    this.#peer = new Peer(new WebSocketTransport(url));
    this.#peer.on('notification', ({ method, data }) => {
      this.notifications.push({ method, data });
      if (method === 'newProducer') void this.#consume(String(data['producerId']));
      if (method === 'producerClosed') this.#producerClosed(String(data['producerId']));
    });
  }

  async join(): Promise<void> {
    const { server, roomId, peerId, capabilities = 'address' } = this.#options;
    if (!this.#peer.connected) {
      await new Promise<void>((resolve) => {
        this.#peer.on('open', resolve);
      });
    }
    const joined = await this.#peer.request('joinRoom', { roomId, peerId });
    const routerRtpCapabilities = (
      capabilities === 'answer'
        ? joined['rtpCapabilities']
        : await (await fetch(`${server}/rooms/${encodeURIComponent(roomId)}`)).json()
    ) as types.RtpCapabilities;
    await this.#device.load({ routerRtpCapabilities });
    this.#send = await this.#createTransport('send');
    this.#recv = await this.#createTransport('recv');
    for (const { producerId } of joined['producers'] as { producerId: string }[])
      await this.#consume(producerId);
  }

  /** Publishes what camera and microphone give. */
  async publish(constraints: MediaStreamConstraints): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia(constraints);
    for (const track of stream.getTracks()) {
      const producer = await this.#send?.produce({ track });
      if (producer) this.#producers.set(track.kind, producer);
    }
  }

  async closeProducer(kind: string): Promise<string> {
    const producer = this.#producers.get(kind);
    if (!producer) throw new Error(`no ${kind} producer`);
    producer.close();
    await this.#peer.request('closeProducer', { producerId: producer.id });
    return producer.id;
  }

  /** Kinds that are being received. */
  get receives(): string[] {
    return [...this.#consumers.values()].map(({ kind }) => kind).sort();
  }

  async stats(direction: 'send' | 'recv'): Promise<Answer[]> {
    const report = await (direction === 'send' ? this.#send : this.#recv)?.getStats();
    return [...(report?.values() ?? [])] as Answer[];
  }

  close(): void {
    this.#peer.close();
    this.#send?.close();
    this.#recv?.close();
  }

  /**
   * mediasoup-client writes `actpass` into its offers whatever role the server has, and a browser then always answers
   * as DTLS client (RFC 8842 §5.3). An offer that says `active` leaves it the other part.
   */
  static #offerAsDtlsClient(): void {
    const original = RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp = '' }) {
      const offer = { type, sdp: sdp.replaceAll('a=setup:actpass', 'a=setup:active') };
      return Reflect.apply(original, this, [offer]) as Promise<void>;
    };
  }

  async #createTransport(direction: 'send' | 'recv'): Promise<types.Transport> {
    const info = await this.#peer.request('createWebRtcTransport', {
      producing: direction === 'send',
      consuming: direction === 'recv',
    });
    const options = info as unknown as types.TransportOptions;
    const { dtlsRole } = this.#options;
    // The role that the server takes: mediasoup-client takes the other one.
    if (dtlsRole === 'server' && direction === 'recv') ForeignClient.#offerAsDtlsClient();
    if (dtlsRole) options.dtlsParameters.role = dtlsRole === 'client' ? 'server' : 'client';
    const transport =
      direction === 'send'
        ? this.#device.createSendTransport(options)
        : this.#device.createRecvTransport(options);
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      const connecting = this.#peer.request('connectWebRtcTransport', {
        transportId: transport.id,
        dtlsParameters,
      });
      connecting.then(done, failed);
    });
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const producing = this.#peer.request('produce', { kind, rtpParameters, appData });
      producing.then((answer) => {
        done({ id: String(answer['producerId']) });
      }, failed);
    });
    return transport;
  }

  async #consume(producerId: string): Promise<void> {
    const { rtpCapabilities } = this.#device;
    const answer = await this.#peer.request('consume', { producerId, rtpCapabilities });
    const consumer = await this.#recv?.consume({
      id: String(answer['consumerId']),
      producerId,
      kind: answer['kind'] as types.MediaKind,
      rtpParameters: answer['rtpParameters'] as types.RtpParameters,
    });
    if (!consumer) return;
    this.#consumers.set(producerId, consumer);
    const element = document.createElement(consumer.kind === 'audio' ? 'audio' : 'video');
    element.id = producerId;
    element.autoplay = true;
    element.srcObject = new MediaStream([consumer.track]);
    document.body.append(element);
    await this.#peer.request('resume', { consumerId: consumer.id });
  }

  #producerClosed(producerId: string): void {
    this.#consumers.get(producerId)?.close();
    this.#consumers.delete(producerId);
    document.getElementById(producerId)?.remove();
  }
}
