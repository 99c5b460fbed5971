import wrtc from '@roamhq/wrtc';
import { once } from 'node:events';
import { WebSocket } from 'ws';

type Channel = wrtc.RTCDataChannel;

interface Message {
  type: string;
  from?: string;
  sdp?: string;
}

/** A page of a room with a password that somebody else connects to: it answers, and takes the channel that it is offered. */
export class LatePeer {
  readonly channel: Promise<Channel>;
  /** The first text on the channel. */
  readonly heard: Promise<string>;
  readonly #ws: WebSocket;
  readonly #pc = new wrtc.RTCPeerConnection();
  #queue = Promise.resolve();

  static async join(url: string): Promise<LatePeer> {
    const ws = new WebSocket(url);
    const page = new LatePeer(ws);
    await once(ws, 'message');
    return page;
  }

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    this.channel = new Promise((resolve) => {
      this.#pc.ondatachannel = ({ channel }: { channel: Channel }) => {
        resolve(channel);
      };
    });
    this.heard = this.channel.then(
      (channel) =>
        new Promise((resolve) => {
          channel.onmessage = ({ data }: { data: unknown }) => {
            resolve(String(data));
          };
        }),
    );
    ws.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as Message;
      this.#queue = this.#queue.then(() => this.#receive(message));
    });
  }

  close(): void {
    this.#pc.close();
    this.#ws.close();
  }

  async #receive({ type, from, sdp = '' }: Message): Promise<void> {
    if (type !== 'offer') return;
    await this.#pc.setRemoteDescription({ type, sdp });
    const answer = await this.#pc.createAnswer();
    await this.#pc.setLocalDescription(answer);
    this.#ws.send(JSON.stringify({ type: 'answer', to: from, sdp: answer.sdp }));
  }
}
