import { ParlorError } from '../errors.js';
import type { Topology, TopologyReason } from '../types.js';
import type { MemoryPeer } from './MemoryRoom.js';

type Data = Record<string, unknown>;

interface Route {
  readonly number: number;
  readonly topology: Topology;
}

/** By how many participants at most a room that may choose is P2P. */
const MAX_P2P = 2;

/**
 * By which path media of a memory room travels. It goes to the server by itself when too many are there for P2P; when it
 * comes back, and every other change, is for tests to say.
 */
export class MemoryPaths {
  auto = false;
  #current: Route = { number: 1, topology: 'sfu' };
  #former: Route | undefined;
  #last = 1;
  /** Peers that were there when the change began and are not ready. */
  readonly #waiting = new Set<string>();
  /** Where the server has a publication: by producer id. */
  readonly #brought = new Map<string, number>();
  /** Which path somebody has opened last. */
  readonly #opened = new Map<string, number>();

  constructor(private readonly peers: ReadonlyMap<string, MemoryPeer>) {}

  get topology(): Topology {
    return this.#current.topology;
  }

  get number(): number {
    return this.#current.number;
  }

  /** Whether no change is under way. */
  get isSettled(): boolean {
    return this.#former === undefined;
  }

  /** One change at a time, but for going back. */
  canMoveTo(topology: Topology): boolean {
    return topology !== this.topology && (this.isSettled || this.#former?.topology === topology);
  }

  /** Somebody is about to join, who may be the first. */
  joining(peerId: string, data: Data): void {
    if (this.peers.size === 0) {
      this.auto = data['topology'] === 'auto';
      this.#current = {
        number: this.#last,
        topology: data['topology'] === 'sfu' || !data['topology'] ? 'sfu' : 'p2p',
      };
    }
    if (this.auto && this.topology === 'p2p' && this.peers.size >= MAX_P2P) this.move('sfu', 'participants');
    this.#opened.set(peerId, this.number);
  }

  left(peerId: string): void {
    this.#opened.delete(peerId);
    this.#ready(peerId);
  }

  /** Another path from now on, or the former again where the change to it is still under way. */
  move(topology: Topology, reason: TopologyReason): void {
    if (this.#former?.topology === topology && reason !== 'mediaServerDied') {
      this.#current = this.#former;
      this.#former = undefined;
      this.#waiting.clear();
      this.#tell('topologyChanged', { topology, reason, path: this.number });
      this.#tell('pathSettled', { path: this.number });
      return;
    }
    // What has died on its way up is no way back.
    if (!this.#former || reason !== 'mediaServerDied') this.#former = this.#current;
    this.#current = { number: ++this.#last, topology };
    for (const { id, paths } of this.peers.values()) if (paths) this.#waiting.add(id);
    this.#tell('topologyChanged', { topology, reason, path: this.number });
    this.#ready('');
  }

  /** The room waits no longer for those who are not ready. */
  settle(): void {
    this.#former = undefined;
    this.#waiting.clear();
    this.#tell('pathSettled', { path: this.number });
  }

  /** @throws ParlorError `PATH_GONE` */
  open(peerId: string, path: unknown): Data {
    if (path !== this.number) throw new ParlorError('PATH_GONE', 'another path is current', { status: 409 });
    this.#opened.set(peerId, this.number);
    return { path, topology: this.topology };
  }

  ready(peerId: string, path: unknown): void {
    if (path === this.number) this.#ready(peerId);
  }

  failed({ path, peerId }: Data): void {
    if (path !== this.number || !this.auto) return;
    if (typeof peerId === 'string' && this.topology === 'p2p') this.move('sfu', 'pairFailed');
    else if (this.#former?.topology === 'p2p') this.move('p2p', 'serverUnreachable');
  }

  brought(producerId: string): void {
    if (this.topology === 'sfu') this.#brought.set(producerId, this.number);
  }

  /** Nothing of it comes to the server any more. */
  lost(producerId: string): void {
    this.#brought.delete(producerId);
  }

  isPending(producerId: string): boolean {
    return this.topology === 'sfu' && this.#brought.get(producerId) !== this.number;
  }

  /** Whether somebody has got as far as the current path. */
  isOn(peerId: string): boolean {
    return this.#opened.get(peerId) === this.number;
  }

  #ready(peerId: string): void {
    this.#waiting.delete(peerId);
    if (this.#former && this.#waiting.size === 0) this.settle();
  }

  #tell(method: string, data: Data): void {
    for (const { paths, channel } of this.peers.values()) if (paths) channel.notify(method, data);
  }
}
