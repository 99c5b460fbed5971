import SimplePeer from 'simple-peer/simplepeer.min.js';
import { io, type Socket } from 'socket.io-client';

interface Participant {
  id: string;
  pseudo: string;
}

interface Incoming extends Participant {
  roomName: string;
  signal: SimplePeer.SignalData & { reason?: string };
}

export type CallPhase = 'idle' | 'calling' | 'ringing' | 'connected';
export type Stat = Record<string, unknown> & { type: string };

/**
 * The calls of `peer-signal.fr.md` as an application has them that knows `socket.io-client` and `simple-peer` and
 * nothing of Parlor: participants of a room, one call at a time, audio with video where it is wanted.
 */
export class CallClient {
  phase: CallPhase = 'idle';
  participants: Participant[] = [];
  /** How each call ended. */
  readonly endings: string[] = [];
  /** What was said of the end of a call, also when its connection was over before. */
  readonly farewells: string[] = [];
  readonly #socket: Socket;
  #peer: SimplePeer.Instance | undefined;
  #stream: MediaStream | undefined;
  #other: string | undefined;
  /** What came before the call was accepted. */
  readonly #early: SimplePeer.SignalData[] = [];

  constructor(server: string, options: { roomName: string; pseudo: string }) {
    const { roomName, pseudo } = options;
    this.#socket = io(server, { transports: ['websocket'] });
    // Also after the network was gone: it is a new socket with a new id then.
    this.#socket.on('connect', () => {
      this.#socket.emit('join-room', { roomName, pseudo }, (answer: { participants: Participant[] }) => {
        this.participants = answer.participants;
      });
    });
    this.#socket.on('disconnect', () => {
      this.participants = [];
      if (this.phase !== 'idle') this.#end('offline');
    });
    this.#socket.on('participants', ({ participants }: { participants: Participant[] }) => {
      this.participants = participants;
    });
    this.#socket.on('peer-signal', (incoming: Incoming) => {
      this.#received(incoming);
    });
    this.#send = (id, signal) => this.raw({ id, roomName, pseudo, signal });
  }

  get id(): string {
    return this.#socket.id ?? '';
  }

  get names(): string[] {
    return this.participants.map(({ pseudo }) => pseudo).sort();
  }

  async call(pseudo: string, constraints: MediaStreamConstraints): Promise<void> {
    const target = this.participants.find((one) => one.pseudo === pseudo);
    if (!target || !this.#socket.connected) return;
    this.phase = 'calling';
    this.#stream = await navigator.mediaDevices.getUserMedia(constraints);
    this.#other = target.id;
    this.#connect(true, this.#stream);
  }

  async accept(constraints: MediaStreamConstraints): Promise<void> {
    this.#stream = await navigator.mediaDevices.getUserMedia(constraints);
    this.#connect(false, this.#stream);
    for (const signal of this.#early.splice(0)) this.#peer?.signal(signal);
  }

  async addVideo(): Promise<void> {
    const camera = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 180 } });
    for (const track of camera.getTracks()) {
      if (this.#stream) this.#peer?.addTrack(track, this.#stream);
    }
  }

  async reject(): Promise<void> {
    await this.#control('reject');
  }

  async hangUp(): Promise<void> {
    await this.#control('hangup');
  }

  /** Anything at all, to anybody. */
  raw(data: object): Promise<unknown> {
    return this.#socket.emitWithAck('peer-signal', data);
  }

  stats(): Promise<Stat[]> {
    const peer = this.#peer as { getStats?(done: (error: unknown, stats: Stat[]) => void): void } | undefined;
    return new Promise((resolve) => {
      if (!peer?.getStats) resolve([]);
      else
        peer.getStats((_error, stats) => {
          resolve(stats);
        });
    });
  }

  readonly #send: (id: string, signal: object) => Promise<unknown>;

  #received({ id, signal }: Incoming): void {
    const type = 'type' in signal ? (signal.type as string) : undefined;
    const isFarewell = type === 'reject' || type === 'hangup' || type === 'busy';
    const how = [type, signal.reason].filter(Boolean).join(': ');
    if (isFarewell) this.farewells.push(how);
    if (type === 'offer' && this.phase === 'idle') {
      this.phase = 'ringing';
      this.#other = id;
      this.#early.push(signal);
    } else if (id !== this.#other) {
      if (type === 'offer') void this.#send(id, { type: 'busy' });
    } else if (isFarewell) {
      this.#end(how);
    } else if (this.#peer) this.#peer.signal(signal);
    else this.#early.push(signal);
  }

  #connect(initiator: boolean, stream: MediaStream): void {
    const peer = new SimplePeer({ initiator, stream, config: { iceServers: [] } });
    this.#peer = peer;
    const other = this.#other ?? '';
    peer.on('signal', (signal) => {
      void this.#send(other, signal);
    });
    peer.on('connect', () => {
      this.phase = 'connected';
    });
    peer.on('track', (track) => {
      const element = document.createElement(track.kind === 'audio' ? 'audio' : 'video');
      element.autoplay = true;
      element.srcObject = new MediaStream([track]);
      document.body.append(element);
    });
    peer.on('error', () => {
      if (this.#peer === peer) this.#end('failed');
    });
  }

  async #control(type: 'reject' | 'hangup'): Promise<void> {
    const other = this.#other;
    if (this.phase === 'idle' || other === undefined) return;
    // First the word, then the end of the connection: the other one is to know why it ends.
    await this.#send(other, { type });
    if (this.#other === other) this.#end(`own ${type}`);
  }

  #end(how: string): void {
    const peer = this.#peer;
    this.#peer = undefined;
    peer?.destroy();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    for (const element of document.querySelectorAll('audio, video')) element.remove();
    this.#stream = undefined;
    this.#other = undefined;
    this.#early.length = 0;
    this.endings.push(how);
    this.phase = 'idle';
  }
}
