/** The part of a WebSocket that browsers and `ws` have in common. */
export interface SocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

export interface Jsep {
  type: 'offer' | 'answer';
  sdp: string;
}

export interface PluginEvent {
  data: Record<string, unknown>;
  jsep?: Jsep;
}

interface JanusMessage {
  janus: string;
  transaction?: string;
  data?: { id: number };
  plugindata?: { data: Record<string, unknown> };
  jsep?: Jsep;
  error?: { reason: string };
}

export const JANUS_SUBPROTOCOL = 'janus-protocol';
const VIDEO_ROOM = 'janus.plugin.videoroom';

/** Janus's own signalling (https://janus.conf.meetecho.com/docs/rest.html), over a WebSocket. */
export class JanusSession {
  readonly #socket: SocketLike;
  readonly #pending = new Map<string, (message: JanusMessage) => void>();
  #transactions = 0;
  #id = 0;

  static async open(socket: SocketLike): Promise<JanusSession> {
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => {
        reject(new Error('Janus does not answer'));
      });
    });
    const session = new JanusSession(socket);
    const { data } = await session.request({ janus: 'create' });
    session.#id = data?.id ?? 0;
    return session;
  }

  private constructor(socket: SocketLike) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as JanusMessage;
      // What is asked of a plugin is answered by an event; this only says that it arrived.
      if (message.janus === 'ack' || message.transaction === undefined) return;
      this.#pending.get(message.transaction)?.(message);
      this.#pending.delete(message.transaction);
    });
  }

  /** A handle of the VideoRoom: one connection, which sends or receives. */
  async attach(): Promise<JanusHandle> {
    const { data } = await this.request({ janus: 'attach', plugin: VIDEO_ROOM });
    return new JanusHandle(this, data?.id ?? 0);
  }

  request(message: object): Promise<JanusMessage> {
    const transaction = String(++this.#transactions);
    return new Promise((resolve, reject) => {
      this.#pending.set(transaction, (answer) => {
        const reason = answer.error?.reason ?? answer.plugindata?.data['error'];
        if (reason === undefined) resolve(answer);
        else reject(new Error(`Janus: ${String(reason)}`));
      });
      const session = this.#id === 0 ? {} : { session_id: this.#id };
      this.#socket.send(JSON.stringify({ ...message, ...session, transaction }));
    });
  }

  close(): void {
    this.#socket.close();
  }
}

export class JanusHandle {
  constructor(
    readonly session: JanusSession,
    readonly id: number,
  ) {}

  async message(body: object, jsep?: Jsep): Promise<PluginEvent> {
    const { plugindata, jsep: theirs } = await this.session.request({
      janus: 'message',
      handle_id: this.id,
      body,
      ...(jsep && { jsep }),
    });
    return { data: plugindata?.data ?? {}, ...(theirs && { jsep: theirs }) };
  }

  async trickle(candidate: object): Promise<void> {
    await this.session.request({ janus: 'trickle', handle_id: this.id, candidate });
  }
}
