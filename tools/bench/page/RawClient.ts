import { Device, type types } from 'mediasoup-client';
import type { RawRequests } from './rawProtocol.js';

interface Answer {
  id: number;
  ok: boolean;
  data: unknown;
  errorReason?: string;
}

/** mediasoup-client used by hand, by its documentation, with as few requests as the steps need. */
export class RawClient {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, (answer: Answer) => void>();
  #requests = 0;

  static async open(url: string): Promise<RawClient> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    return new RawClient(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      this.#pending.get(answer.id)?.(answer);
      this.#pending.delete(answer.id);
    });
  }

  async publish(tracks: readonly MediaStreamTrack[], encoding: RTCRtpEncodingParameters): Promise<void> {
    const { send } = await this.#join();
    send.on('produce', ({ kind, rtpParameters }, done, failed) => {
      this.#request('produce', { transportId: send.id, kind, rtpParameters }).then(done, failed);
    });
    for (const track of tracks) {
      await send.produce({ track, ...(track.kind === 'video' && { encodings: [encoding] }) });
    }
  }

  /** Receives all that is there. */
  async receive(): Promise<MediaStreamTrack[]> {
    const { device, recv, producerIds } = await this.#join();
    const infos = await this.#request('consume', {
      transportId: recv.id,
      producerIds,
      rtpCapabilities: device.recvRtpCapabilities,
    });
    const consumers = await Promise.all(infos.map((info) => recv.consume(info)));
    return consumers.map(({ track }) => track);
  }

  close(): void {
    this.#socket.close();
    this.#transports.forEach((transport) => {
      transport.close();
    });
  }

  readonly #transports: types.Transport[] = [];

  async #join() {
    const { rtpCapabilities, producerIds, send, recv } = await this.#request('join', {});
    const device = new Device();
    await device.load({ routerRtpCapabilities: rtpCapabilities });
    const transports = { send: device.createSendTransport(send), recv: device.createRecvTransport(recv) };
    for (const transport of Object.values(transports)) {
      this.#transports.push(transport);
      transport.on('connect', ({ dtlsParameters }, done, failed) => {
        this.#request('connect', { transportId: transport.id, dtlsParameters }).then(() => {
          done();
        }, failed);
      });
    }
    return { device, producerIds, ...transports };
  }

  #request<M extends keyof RawRequests>(method: M, data: RawRequests[M][0]): Promise<RawRequests[M][1]> {
    const id = ++this.#requests;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, ({ ok, data: answer, errorReason }) => {
        if (ok) resolve(answer as RawRequests[M][1]);
        else reject(new Error(errorReason));
      });
      this.#socket.send(JSON.stringify({ request: true, id, method, data }));
    });
  }
}
