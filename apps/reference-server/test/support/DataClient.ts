import wrtc from '@roamhq/wrtc';
import { SdpCall } from './SdpCall.js';

type Channel = wrtc.RTCDataChannel;

/** A client of calls over plain SDP that has data channels and nothing else. */
export class DataClient {
  readonly call: SdpCall;
  readonly pc = new wrtc.RTCPeerConnection();
  readonly #heard = new Map<Channel, unknown[]>();

  static async join(url: string, who: { roomId: number; sessionId: string }): Promise<DataClient> {
    const query = new URLSearchParams({ token: who.sessionId });
    const address = `${url}/api/v1/chat/${String(who.roomId)}/call?${query.toString()}`;
    return new DataClient(await SdpCall.join(address, who));
  }

  private constructor(call: SdpCall) {
    this.call = call;
    call.follow(async ({ type, payload }) => {
      if (type !== 'offer' && type !== 'answer') return;
      await this.pc.setRemoteDescription({ type, sdp: payload?.sdp ?? '' });
      if (type === 'answer') return;
      const answer = await this.pc.createAnswer();
      await this.pc.setLocalDescription(answer);
      call.send({ type: 'answer', payload: answer });
    });
  }

  /** A channel as `createDataChannel` makes it; it may not be open yet. */
  create(label: string, options: object = {}): Channel {
    const channel = this.pc.createDataChannel(label, options);
    const heard: unknown[] = [];
    this.#heard.set(channel, heard);
    channel.onmessage = ({ data }: { data: unknown }) => {
      heard.push(data);
      this.call.look();
    };
    for (const event of ['open', 'close'])
      channel.addEventListener(event, () => {
        this.call.look();
      });
    return channel;
  }

  async offer(): Promise<void> {
    const offer = await this.pc.createOffer();
    await this.pc.setLocalDescription(offer);
    this.call.send({ type: 'offer', payload: offer });
  }

  /** A channel that is open. */
  async open(label: string, options: object = {}): Promise<Channel> {
    const isFirst = this.#heard.size === 0;
    const channel = this.create(label, options);
    if (isFirst) await this.offer();
    await this.becomes(channel, 'open');
    return channel;
  }

  becomes(channel: Channel, state: 'open' | 'closed'): Promise<true> {
    return this.call.until(() => channel.readyState === state || undefined);
  }

  /** What has come on a channel, in its order. */
  heard(channel: Channel): unknown[] {
    return this.#heard.get(channel) ?? [];
  }

  /** Waits for the next message of the room on a channel; those before it are passed over. */
  async hears(channel: Channel, wanted: object): Promise<unknown> {
    return await this.call.until(() =>
      this.heard(channel)
        .map((text) => JSON.parse(String(text)) as Record<string, unknown>)
        .find((message) => Object.entries(wanted).every(([key, value]) => message[key] === value)),
    );
  }

  /** An error that the server has told on the socket. */
  fails(code: string): Promise<object> {
    return this.call.until(() =>
      this.call.messages.find((message) => message.type === 'error' && message['code'] === code),
    );
  }

  close(): void {
    this.pc.close();
    this.call.close();
  }
}
