import type { DataMessage } from '../MediaDriver.js';
import type { MeshLink } from './MeshLink.js';
import { MeshPeer, type MeshContext } from './MeshPeer.js';
import { writeMessage } from './messages.js';

const utf8 = new TextEncoder();

/** Everybody else in the mesh. */
export class MeshPeers {
  readonly #peers = new Map<string, MeshPeer>();

  constructor(private readonly context: MeshContext) {}

  get(peerId: string): MeshPeer | undefined {
    return this.#peers.get(peerId);
  }

  /** Whether anything comes over the connection with somebody. */
  seen(link: unknown, moves: boolean): void {
    for (const peer of this.#peers.values()) if (peer.link === link) peer.seen(moves);
  }

  /** The connections that there are now, by peer. */
  links(): Map<string, MeshLink> {
    const links = new Map<string, MeshLink>();
    for (const { id, link } of this.#peers.values()) if (link) links.set(id, link);
    return links;
  }

  /** False: not to each of them, and nothing was sent. */
  send({ to, ...message }: DataMessage): boolean {
    const ids = to === undefined ? [...this.#peers.keys()] : new Set([to].flat());
    const channels = [...ids].map((id) => this.#peers.get(id)?.link?.messages);
    const text = writeMessage(message);
    if (channels.length === 0 || text === undefined) return false;
    const bytes = utf8.encode(text).byteLength;
    // Everybody is asked, so that each channel gets to know whether it is heard.
    const takers = channels.filter((channel) => channel?.takes(bytes));
    if (takers.length < channels.length) return false;
    for (const channel of takers) channel?.send(text);
    return true;
  }

  /** `data: false`: it has no right to send messages. */
  add({ id: peerId, data }: { id: string; data?: unknown }): void {
    if (peerId === this.context.selfId) return;
    this.#peers.get(peerId)?.close();
    const peer = new MeshPeer(peerId, this.context, data !== false);
    this.#peers.set(peerId, peer);
    peer.update();
  }

  remove(peerId: string): void {
    this.#peers.get(peerId)?.close();
    this.#peers.delete(peerId);
  }

  /** What is published here has changed. */
  update(): void {
    for (const peer of this.#peers.values()) peer.update();
  }

  restart(): void {
    for (const peer of this.#peers.values()) peer.restart();
  }

  /** The network is back. */
  hurry(): void {
    for (const peer of this.#peers.values()) peer.hurry();
  }

  close(): void {
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
  }
}
