import wrtc from '@roamhq/wrtc';
import type { Participant, PeerSignalAnswers } from '@parlor/protocol';
import SimplePeer, { type Signal } from 'simple-peer/simplepeer.min.js';
import { io, type Socket } from 'socket.io-client';

/** A page of `peer-signal` as its documentation has it: socket.io-client, and a simple-peer for each whom it calls. */
export class MeshPeer {
  readonly socket: Socket;
  readonly pseudo: string;
  readonly errors: unknown[] = [];
  participants: Participant[] = [];
  readonly #roomName: string;
  readonly #peers = new Map<string, SimplePeer>();
  readonly #heard = new Map<string, string[]>();
  readonly #waiting = new Set<() => void>();

  static async join(
    url: string,
    { roomName, pseudo }: { roomName: string; pseudo: string },
  ): Promise<MeshPeer> {
    const socket = io(url, { forceNew: true, transports: ['websocket'], reconnection: false });
    const page = new MeshPeer(socket, { roomName, pseudo });
    const { participants } = (await socket.emitWithAck('join-room', {
      roomName,
      pseudo,
    })) as PeerSignalAnswers['join-room'];
    page.participants = participants;
    return page;
  }

  private constructor(socket: Socket, { roomName, pseudo }: { roomName: string; pseudo: string }) {
    this.socket = socket;
    this.pseudo = pseudo;
    this.#roomName = roomName;
    socket.on('participants', ({ participants }: { participants: Participant[] }) => {
      this.participants = participants;
      this.#look();
    });
    socket.on('peer-signal', ({ id, signal }: { id: string; signal: Signal }) => {
      this.#peers.get(id)?.signal(signal);
    });
    socket.on('peer-signal-error', (error: unknown) => {
      this.errors.push(error);
      this.#look();
    });
  }

  /** Calls a participant, and is connected to it. */
  async call(pseudo: string): Promise<void> {
    const id = await this.#idOf(pseudo);
    const peer = new SimplePeer({ initiator: true, wrtc });
    this.#peers.set(id, peer);
    const heard: string[] = [];
    this.#heard.set(id, heard);
    peer.on('signal', (signal) => {
      this.socket.emit('peer-signal', { id, roomName: this.#roomName, pseudo: this.pseudo, signal });
    });
    peer.on('data', (data) => {
      heard.push(typeof data === 'string' ? data : new TextDecoder().decode(data));
      this.#look();
    });
    await new Promise<void>((resolve, reject) => {
      peer.once('connect', resolve);
      peer.once('error', reject);
    });
  }

  /** On the connection to that participant. */
  async send(pseudo: string, text: string): Promise<void> {
    this.#peers.get(await this.#idOf(pseudo))?.send(text);
  }

  /** Resolves when that participant has said it on their connection. */
  async hears(pseudo: string, text: string): Promise<void> {
    const id = await this.#idOf(pseudo);
    await this.until(() => this.#heard.get(id)?.includes(text) || undefined);
  }

  /** Everything that has come from that participant. */
  async heardOf(pseudo: string): Promise<string[]> {
    return this.#heard.get(await this.#idOf(pseudo)) ?? [];
  }

  async until<T>(found: () => T | undefined): Promise<T> {
    for (;;) {
      const result = found();
      if (result !== undefined) return result;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  close(): void {
    for (const peer of this.#peers.values()) peer.destroy();
    this.socket.close();
  }

  #idOf(pseudo: string): Promise<string> {
    return this.until(() => this.participants.find((one) => one.pseudo === pseudo)?.id);
  }

  #look(): void {
    for (const look of this.#waiting) look();
    this.#waiting.clear();
  }
}
