export interface SdpCallOptions {
  /** `ws://host/api/v1/chat/1/call`, with the token. */
  url: string;
  roomId: number | string;
  sessionId: string;
  name?: string;
  /** What it does with an offer of the server that crosses its own (W3C WebRTC §10.7). Default: gives way. */
  impolite?: boolean;
  /** Write `payload` as JSON text. */
  textPayload?: boolean;
}

export interface Publishing {
  audio?: boolean;
  video?: boolean;
  /** MIME types, the only ones to offer. */
  codecs?: readonly string[];
  /** Three encodings. */
  simulcast?: boolean;
}

interface Message {
  type: string;
  payload?: unknown;
  [key: string]: unknown;
}

/** What comes from one participant. */
export interface Received {
  frames: number;
  energy: number;
  codecs: string[];
}

/** The client of `calls-api.ru.md`: one WebSocket, one RTCPeerConnection, nothing of Parlor in it. */
export class SdpCallClient {
  readonly messages: Message[] = [];
  readonly errors: string[] = [];
  /** Label of the channel and text. */
  readonly heard: [label: string, text: string][] = [];
  pc = new RTCPeerConnection();
  readonly #channels = new Map<string, RTCDataChannel>();
  readonly #options: SdpCallOptions;
  #ws: WebSocket | undefined;
  #streams = new Map<string, string>();
  #queue: Promise<void> = Promise.resolve();
  /** While true, no negotiation starts by itself. */
  #holds = false;
  #crossing: Message[] | undefined;

  constructor(options: SdpCallOptions) {
    this.#options = options;
    this.#listen();
  }

  async join(): Promise<void> {
    const ws = new WebSocket(this.#options.url);
    this.#ws = ws;
    ws.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as Message;
      this.messages.push(message);
      this.#queue = this.#queue
        .then(() => this.#receive(message))
        .catch((error: unknown) => {
          this.errors.push(String(error));
        });
    };
    await new Promise<void>((resolve, reject) => {
      ws.onopen = () => {
        resolve();
      };
      ws.onerror = () => {
        reject(new Error('refused'));
      };
    });
    const { name } = this.#options;
    this.send({ type: 'join', ...(name !== undefined && { name }) });
  }

  send(message: Message): void {
    const { roomId, sessionId, textPayload } = this.#options;
    const payload = textPayload && message.payload ? { payload: JSON.stringify(message.payload) } : {};
    this.#ws?.send(JSON.stringify({ ...message, ...payload, roomId, sessionId }));
  }

  async publish({ audio = true, video = true, codecs, simulcast = false }: Publishing = {}): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio,
      video: video && { width: simulcast ? 1280 : 320, height: simulcast ? 720 : 180, frameRate: 15 },
    });
    for (const track of stream.getTracks()) {
      const encodings = ['q', 'h', 'f'].map((rid, index) => ({
        rid,
        scaleResolutionDownBy: 2 ** (2 - index),
      }));
      const transceiver = this.pc.addTransceiver(track, {
        streams: [stream],
        ...(simulcast && track.kind === 'video' && { sendEncodings: encodings }),
      });
      if (codecs) {
        const all = RTCRtpReceiver.getCapabilities(track.kind)?.codecs ?? [];
        const wanted = all.filter(({ mimeType }) => codecs.includes(mimeType));
        if (wanted.length > 0) transceiver.setCodecPreferences(wanted);
      }
    }
  }

  /** As an application that waits for the server's offer: tracks attach to the sections in it. */
  async addTracks(): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: true,
      video: { width: 320, height: 180, frameRate: 15 },
    });
    this.#holds = true;
    for (const track of stream.getTracks()) this.pc.addTrack(track, stream);
  }

  /** A data channel, open; what comes on it is kept in `heard`. */
  async openChannel(label: string, options: RTCDataChannelInit = {}): Promise<void> {
    const channel = this.pc.createDataChannel(label, options);
    this.#channels.set(label, channel);
    channel.onmessage = ({ data }) => {
      this.heard.push([label, String(data)]);
    };
    await new Promise<void>((resolve) => {
      channel.onopen = () => {
        resolve();
      };
    });
  }

  /** Texts as they are, or bytes. */
  say(label: string, ...all: (string | number[])[]): void {
    for (const one of all) {
      if (typeof one === 'string') this.#channels.get(label)?.send(one);
      else this.#channels.get(label)?.send(Uint8Array.from(one));
    }
  }

  watch(): void {
    for (const kind of ['audio', 'video']) this.pc.addTransceiver(kind, { direction: 'recvonly' });
  }

  /** Takes the first video away. */
  unpublish(kind: string): void {
    const transceiver = this.pc.getTransceivers().find(({ sender }) => sender.track?.kind === kind);
    if (!transceiver) throw new Error(`no ${kind}`);
    this.pc.removeTrack(transceiver.sender);
  }

  restartIce(): void {
    this.pc.restartIce();
  }

  /** Another connection in the place of this one, on the same socket. */
  async reconnect(): Promise<void> {
    this.pc.close();
    this.pc = new RTCPeerConnection();
    this.#streams = new Map();
    this.#listen();
    await this.publish();
  }

  leave(): void {
    this.send({ type: 'leave' });
    this.#ws?.close();
  }

  /** By stream id, what comes now. */
  async received(): Promise<Record<string, Received>> {
    const stats = [...(await this.pc.getStats()).values()] as Record<string, unknown>[];
    const received: Record<string, Received> = {};
    for (const { mid, currentDirection } of this.pc.getTransceivers()) {
      const streamId = this.#streams.get(mid ?? '');
      if (streamId === undefined || !/recv/.test(currentDirection ?? '')) continue;
      const of = (received[streamId] ??= { frames: 0, energy: 0, codecs: [] });
      for (const stat of stats) {
        if (stat['type'] !== 'inbound-rtp' || stat['mid'] !== mid) continue;
        of.frames += Number(stat['framesDecoded'] ?? 0);
        of.energy += Number(stat['totalAudioEnergy'] ?? 0);
        const codec = stats.find(({ id }) => id === stat['codecId']);
        if (codec) of.codecs.push(String(codec['mimeType']));
      }
      of.codecs.sort();
    }
    return received;
  }

  /** What the server sent, without repeating descriptions. */
  types(): string[] {
    return this.messages.map(({ type }) => type);
  }

  #listen(): void {
    const { pc } = this;
    pc.onicecandidate = ({ candidate }) => {
      if (candidate) this.send({ type: 'ice', payload: candidate });
    };
    pc.onnegotiationneeded = () => {
      if (!this.#holds) void this.offer();
    };
    pc.ontrack = ({ track, streams: [stream], transceiver }) => {
      if (!stream) return;
      this.#streams.set(transceiver.mid ?? '', stream.id);
      const element = document.createElement(track.kind === 'video' ? 'video' : 'audio');
      element.autoplay = true;
      element.srcObject = new MediaStream([track]);
      document.body.append(element);
    };
  }

  /** The next offer goes out only when one of the server has come, which crosses it so. */
  crossNextOffer(): void {
    this.#crossing = [];
  }

  async offer(): Promise<void> {
    await this.pc.setLocalDescription();
    const { localDescription } = this.pc;
    if (localDescription?.type !== 'offer') return;
    const message = { type: 'offer', payload: localDescription.toJSON() as unknown };
    if (this.#crossing) this.#crossing.push(message);
    else this.send(message);
  }

  async #receive({ type, payload, ...rest }: Message): Promise<void> {
    const { pc } = this;
    const description = (
      typeof payload === 'string' ? JSON.parse(payload) : payload
    ) as RTCSessionDescriptionInit;
    switch (type) {
      case 'offer':
        for (const message of this.#crossing ?? []) this.send(message);
        if (this.#crossing?.length) this.#crossing = undefined;
        if (this.#options.impolite && pc.signalingState !== 'stable') return;
        await pc.setRemoteDescription(description);
        this.#holds = false;
        await pc.setLocalDescription();
        this.send({ type: 'answer', payload: pc.localDescription });
        break;
      case 'answer':
        // To an offer that was taken back.
        if (pc.signalingState === 'have-local-offer') await pc.setRemoteDescription(description);
        break;
      case 'ice':
        await pc.addIceCandidate(payload as RTCIceCandidateInit);
        break;
      case 'error':
        this.errors.push(JSON.stringify(rest));
        break;
    }
  }
}
