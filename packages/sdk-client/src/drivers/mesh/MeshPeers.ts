import type { MeshLink } from './MeshLink.js';
import { MeshPeer, type MeshContext } from './MeshPeer.js';

/** Everybody else in the mesh. */
export class MeshPeers {
  readonly #peers = new Map<string, MeshPeer>();

  constructor(private readonly context: MeshContext) {}

  get(peerId: string): MeshPeer | undefined {
    return this.#peers.get(peerId);
  }

  /** The connections that there are now, by peer. */
  links(): Map<string, MeshLink> {
    const links = new Map<string, MeshLink>();
    for (const { id, link } of this.#peers.values()) if (link) links.set(id, link);
    return links;
  }

  add(peerId: string): void {
    if (peerId === this.context.selfId) return;
    this.#peers.get(peerId)?.close();
    const peer = new MeshPeer(peerId, this.context);
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
