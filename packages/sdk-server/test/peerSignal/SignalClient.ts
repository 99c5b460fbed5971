import type { WebSocket } from 'ws';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import type { Participant, PeerSignalAnswers, PeerSignalFailure, PeerSignalRequest } from '@parlor/protocol';

export interface Received {
  event: string;
  data: unknown;
}

type Answer<E extends PeerSignalRequest> = PeerSignalAnswers[E] & PeerSignalFailure;

/** A client as applications have it: `socket.io-client`, and a list of what came. */
export class SignalClient {
  readonly socket: Socket;
  readonly received: Received[] = [];
  #read = 0;
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((event: string, data: unknown) => {
      this.received.push({ event, data });
      for (const look of [...this.#waiting]) look();
    });
  }

  static async connect(
    url: string,
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Promise<SignalClient> {
    const socket = io(url, { forceNew: true, transports: ['websocket'], reconnection: false, ...options });
    const client = new SignalClient(socket);
    await Promise.race([
      new Promise((resolve) => socket.once('connect', () => resolve(undefined))),
      new Promise((_, reject) => socket.once('connect_error', reject)),
    ]);
    return client;
  }

  get id(): string {
    return this.socket.id ?? '';
  }

  /** Sends and waits for the acknowledgement. */
  request<E extends PeerSignalRequest>(event: E, data: unknown): Promise<Answer<E>> {
    return this.socket.timeout(5000).emitWithAck(event, data) as Promise<Answer<E>>;
  }

  join(roomName: string, pseudo: string): Promise<Answer<'join-room'>> {
    return this.request('join-room', { roomName, pseudo });
  }

  signal(id: string, signal: unknown, roomName = 'general'): Promise<Answer<'peer-signal'>> {
    return this.request('peer-signal', { id, roomName, pseudo: 'anything', signal });
  }

  /** The next event of that name that has not been read yet; those before it count as read. */
  async next(event: string): Promise<unknown> {
    for (;;) {
      while (this.#read < this.received.length) {
        const one = this.received[this.#read];
        this.#read += 1;
        if (one?.event === event) return one.data;
      }
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
      });
    }
  }

  /** Waits until the room is told to consist of these. */
  async sees(...pseudos: string[]): Promise<Participant[]> {
    for (;;) {
      const { participants } = (await this.next('participants')) as { participants: Participant[] };
      const names = participants.map(({ pseudo }) => pseudo).sort();
      if (JSON.stringify(names) === JSON.stringify([...pseudos].sort())) return participants;
    }
  }

  signals(): unknown[] {
    return this.received.filter(({ event }) => event === 'peer-signal').map(({ data }) => data);
  }

  /** Resolves with the reason when the connection has ended. */
  async ended(): Promise<string> {
    if (!this.socket.connected) return 'ended';
    return new Promise((resolve) => this.socket.once('disconnect', (reason) => resolve(reason)));
  }

  /** Drops the connection without a word, as a lost network does. */
  async drop(): Promise<void> {
    const gone = this.ended();
    this.socket.io.engine.transport.close();
    await gone;
  }

  /** Leaves what comes in the kernel's hands, until the connection is cut. */
  stopReading(): { cut(): void } {
    const { ws } = this.socket.io.engine.transport as unknown as { ws: WebSocket };
    ws.pause();
    return {
      cut: () => {
        ws.terminate();
      },
    };
  }

  close(): void {
    this.socket.close();
  }
}
