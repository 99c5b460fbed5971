import wrtc from '@roamhq/wrtc';
import { WebSocket } from 'ws';

export interface CallMessage {
  type: string;
  payload?: { type?: string; sdp?: string };
  [key: string]: unknown;
}

/** The WebSocket of a client of calls over plain SDP. */
export class SdpCall {
  readonly messages: CallMessage[] = [];
  /** The close code. */
  readonly closed: Promise<number>;
  readonly #ws: WebSocket;
  readonly #who: object;
  readonly #waiting = new Set<() => void>();

  static async join(url: string, who: { roomId: number; sessionId: string }): Promise<SdpCall> {
    const call = new SdpCall(url, who);
    await new Promise<void>((resolve, reject) => {
      call.#ws.once('open', resolve);
      call.#ws.once('error', reject);
    });
    call.send({ type: 'join' });
    await call.until(() => call.messages.some(({ type }) => type === 'joined') || undefined);
    return call;
  }

  private constructor(url: string, who: object) {
    this.#who = who;
    this.#ws = new WebSocket(url);
    this.closed = new Promise((resolve) => {
      this.#ws.once('close', resolve);
    });
    this.#ws.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString('utf8')) as CallMessage);
      this.look();
    });
  }

  send(message: object): void {
    this.#ws.send(JSON.stringify({ ...message, ...this.#who }));
  }

  /** Hands over each message, those that are there already too, one after the other. */
  follow(receive: (message: CallMessage) => Promise<void> | void): void {
    let taken = 0;
    let queue = Promise.resolve();
    const take = () => {
      for (; taken < this.messages.length; taken += 1) {
        const message = this.messages[taken];
        if (message) queue = queue.then(() => receive(message));
      }
    };
    this.#waiting.add(take);
    take();
  }

  /** Resolves as soon as `found` finds something; looks whenever something has come. */
  until<T>(found: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const look = () => {
        const result = found();
        if (result === undefined) return;
        this.#waiting.delete(look);
        resolve(result);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Something outside the socket has come as well. */
  look(): void {
    for (const waiting of [...this.#waiting]) waiting();
  }

  close(): void {
    this.#ws.close();
  }
}

const { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource } = wrtc.nonstandard;

/** Sound and a moving picture. */
export class TestMedia {
  readonly stream = new wrtc.MediaStream();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    const [video, audio] = [new RTCVideoSource(), new RTCAudioSource()];
    for (const track of [video.createTrack(), audio.createTrack()]) this.stream.addTrack(track);
    const [width, height] = [320, 180];
    const data = new Uint8Array(width * height * 1.5).fill(128);
    const samples = new Int16Array(480);
    let count = 0;
    this.#timer = setInterval(() => {
      count += 1;
      data.fill((count * 8) & 255, 0, width * 40);
      if (count % 6 === 0) video.onFrame({ width, height, data });
      for (let index = 0; index < samples.length; index += 1)
        samples[index] = 8000 * Math.sin(((count * samples.length + index) * 2 * Math.PI * 440) / 48_000);
      audio.onData({ samples, sampleRate: 48_000, bitsPerSample: 16, channelCount: 1, numberOfFrames: 480 });
    }, 10);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const track of this.stream.getTracks()) track.stop();
  }
}

/** Counts what arrives on tracks: frames that were decoded, and sound that is not silence. */
export class Reception {
  frames = 0;
  loud = 0;
  readonly #sinks: { stop(): void }[] = [];
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  add(track: wrtc.MediaStreamTrack): void {
    if (track.kind === 'video') {
      const sink = new RTCVideoSink(track);
      sink.onframe = () => {
        this.frames += 1;
        this.#changed();
      };
      this.#sinks.push(sink);
      return;
    }
    const sink = new RTCAudioSink(track);
    sink.ondata = ({ samples }: { samples: Int16Array }) => {
      if (samples.some((sample) => Math.abs(sample) > 500)) this.loud += 1;
      this.#changed();
    };
    this.#sinks.push(sink);
  }

  stop(): void {
    for (const sink of this.#sinks) sink.stop();
  }
}
