import type { Topology, TopologyReason, WantedTopology } from '@parlor/protocol';
import { toWireError } from '../../errors.js';
import type { CoreContext } from '../context.js';
import { p2pMedia } from '../P2pMedia.js';
import type { PeerImpl } from '../PeerImpl.js';
import type { MediaRoom } from '../ports.js';
import { systemTimer, type Timer } from '../timer.js';
import { Arrivals, type Newcomer } from './Arrivals.js';
import { decide, suits, type Decision, type Participant } from './decide.js';
import { Failures } from './Failures.js';
import { leaveServer, topologyMismatch, type KeptRoom } from './keptRoom.js';
import { Paths } from './Paths.js';

/** A room that has shrunk goes back to P2P after this: people who come and go change nothing, ms. */
const CALM_MS = 5000;
/** Who has not answered by then is not waited for, ms. */
const SETTLE_MS = 10_000;
const DEFAULT_MAX_P2P = 2;

/** A path does not work for a client; with `peerId`: towards this peer. */
export interface PathFailure {
  readonly path: number;
  readonly code: string;
  readonly peerId?: string | undefined;
}

/** How media of a room travels when it is opened. */
export interface Opening {
  /** Undefined: it changes as it suits the room. */
  readonly pinned: Topology | undefined;
  readonly topology: Topology;
  readonly media: MediaRoom;
}

/** Decides how media of a room travels, and changes it: one change at a time, each announced before it is asked for. */
export class TopologyKeeper {
  readonly paths: Paths;
  readonly arrivals = new Arrivals();
  readonly #room: KeptRoom;
  readonly #context: CoreContext;
  readonly #timer: Timer;
  readonly #failures = new Failures();
  #pinned: Topology | undefined;
  /** Who is still to say that the current path works; undefined: it is settled. */
  #waiting: Set<PeerImpl> | undefined;
  #opening: Promise<void> | undefined;
  #openingError: unknown;
  readonly #stops: Partial<Record<'settling' | 'calming' | 'retrying', (() => void) | undefined>> = {};

  constructor(room: KeptRoom, context: CoreContext, { pinned, topology, media }: Opening) {
    this.#room = room;
    this.#context = context;
    this.#timer = context.timer ?? systemTimer;
    this.#pinned = pinned;
    this.paths = new Paths(topology, media);
    this.#listen(media);
  }

  get auto(): boolean {
    return this.#pinned === undefined;
  }

  /** Resolves when the server that is being opened is there. */
  get opened(): Promise<void> {
    return this.#opening ?? Promise.resolve();
  }

  /** How media should travel as things are now. */
  get wanted(): Topology {
    return this.#decide().topology;
  }

  /** What a client can carry that says nothing of it. */
  get unsaid(): Topology {
    return this.#pinned ?? (this.#hasServer ? 'sfu' : 'p2p');
  }

  /** How media will travel when this newcomer is in. @throws TOPOLOGY_MISMATCH */
  foresee(newcomer: Newcomer): Topology {
    return this.arrivals.during(newcomer, () => this.#foresee());
  }

  /**
   * Somebody comes in: sees to it that media travels so that it can. Undefined: it does.
   * @throws TOPOLOGY_MISMATCH, MEDIA_UNAVAILABLE
   */
  makeWayFor(newcomer: Newcomer): Promise<void> | undefined {
    this.#membersChanged();
    return this.#isReadyFor(newcomer) ? undefined : this.#makeWay(newcomer);
  }

  /** Somebody has come or gone. */
  changed(gone?: PeerImpl): void {
    this.#membersChanged();
    if (gone) this.#waiting?.delete(gone);
    this.#settleIfReady();
    this.#review();
  }

  ready(peer: PeerImpl, path: number): void {
    if (path !== this.paths.current.number) return;
    this.#waiting?.delete(peer);
    this.#settleIfReady();
  }

  failed(peer: PeerImpl, { path, code, peerId }: PathFailure): void {
    const { current } = this.paths;
    if (path !== current.number || this.paths.isDead) return;
    const { id: roomId, peers } = this.#room;
    this.#context.logger.info({ roomId, path, peerId: peer.id, towards: peerId, code }, 'path failed');
    if (current.topology === 'sfu') this.#failures.towardsServer(peer.id);
    else
      for (const other of peerId === undefined ? peers.keys() : [peerId])
        if (other !== peer.id && peers.has(other)) this.#failures.betweenPeers(peer.id, other);
    this.#retryLater();
    this.#review();
    // If nothing better is to be had, the others need not wait for it.
    this.ready(peer, path);
  }

  /** @throws TOPOLOGY_MISMATCH, MEDIA_UNAVAILABLE */
  async pin(wanted: WantedTopology): Promise<void> {
    const pinned = wanted === 'auto' ? undefined : wanted;
    if (pinned) this.#assertSuits(pinned);
    const before = this.#pinned;
    this.#pinned = pinned;
    this.#failures.forgive();
    this.#review();
    while (this.#opening) await this.#opening;
    if (pinned !== 'sfu' || !this.#failures.serverFailed || this.#pinned !== pinned) return;
    this.#pinned = before;
    throw this.#openingError;
  }

  close(): void {
    for (const stop of Object.values(this.#stops)) stop?.();
    this.#waiting = undefined;
    this.paths.former?.media.close();
    this.paths.current.media.close();
  }

  get #hasServer(): boolean {
    return this.#context.backend.isAvailable !== false && !this.#failures.serverFailed;
  }

  get #participants(): Participant[] {
    return this.arrivals.among(this.#room.peers);
  }

  #decide(): Decision {
    return decide({
      pinned: this.#pinned,
      current: this.paths.current.topology,
      participants: this.#participants,
      hasServer: this.#hasServer,
      pairFailed: this.#failures.pairFailed,
      serverUnreachable: this.#failures.serverUnreachable,
      maxP2pParticipants: this.#context.maxP2pParticipants ?? DEFAULT_MAX_P2P,
    });
  }

  #foresee(): Topology {
    const { topology } = this.#decide();
    this.#assertSuits(topology);
    return topology;
  }

  #isReadyFor(newcomer: Newcomer): boolean {
    if (this.#room.closed) return true;
    if (this.#opening) return false;
    const topology = this.#foresee();
    const { current } = this.paths;
    // Who can have it either way comes in as it is: back to P2P the room goes when it has calmed down.
    return topology === current.topology || (topology === 'p2p' && suits(current.topology, newcomer));
  }

  async #makeWay(newcomer: Newcomer): Promise<void> {
    while (!this.#isReadyFor(newcomer)) {
      if (!this.#opening) {
        if (this.#failures.serverFailed) throw this.#openingError;
        const decision = this.#decide();
        if (!this.#mayChangeTo(decision.topology))
          throw topologyMismatch(this.#room.id, this.paths.current.topology);
        this.#change(decision);
      }
      await this.#opening;
    }
  }

  /** Acts on how things are now. `isCalm`: they have been so for a while. */
  #review(isCalm = false): void {
    if (this.#room.closed || this.#opening) return;
    const decision = this.#decide();
    const { topology, reason } = decision;
    if (this.paths.isDead) this.#replace(decision);
    else if (topology === this.paths.current.topology) this.#stop('calming');
    else if (!this.#mayChangeTo(topology) || (topology === 'sfu' && this.#failures.serverFailed)) return;
    else if (topology === 'p2p' && reason === 'participants' && !isCalm) this.#calmDown();
    else this.#change(decision);
  }

  /** While a change is under way it can only be called off. */
  #mayChangeTo(topology: Topology): boolean {
    return !this.#waiting || this.paths.former?.topology === topology;
  }

  #change({ topology, reason }: Decision): void {
    this.#stop('calming');
    if (this.paths.former?.topology === topology) this.#callOff(reason);
    else if (topology === 'p2p') this.#begin('p2p', { media: p2pMedia, reason });
    else this.#openServer(reason);
  }

  /** The media process of the current path is gone. */
  #replace({ topology, reason }: Decision): void {
    const why = reason === 'noMediaServer' ? reason : 'mediaServerDied';
    if (topology === 'p2p') this.#change({ topology, reason: why });
    else if (this.#failures.serverFailed) this.#room.close('mediaServerDied');
    else this.#openServer('mediaServerDied');
  }

  #openServer(reason: TopologyReason): void {
    this.#opening = this.#open(reason).then(() => {
      this.#opening = undefined;
      this.#review();
    });
  }

  async #open(reason: TopologyReason): Promise<void> {
    const { id: roomId } = this.#room;
    let media: MediaRoom;
    try {
      media = await this.#context.backend.createRoom(roomId);
    } catch (error) {
      this.#openingError = error;
      this.#failures.ofServer();
      this.#retryLater();
      const level = toWireError(error).code === 'INTERNAL' ? 'error' : 'warn';
      this.#context.logger[level]({ err: error, roomId }, 'the room cannot move to the server');
      return;
    }
    const { closed } = this.#room;
    const decision = this.#decide();
    if (closed || decision.topology === 'p2p') media.close();
    else this.#begin('sfu', { media, reason: this.paths.isDead ? reason : decision.reason });
  }

  #begin(topology: Topology, { media, reason }: { media: MediaRoom; reason: TopologyReason }): void {
    this.paths.begin(topology, media);
    this.#listen(media);
    this.#waiting = new Set(this.#followers());
    this.#stop('settling');
    this.#stops.settling = this.#timer.after(SETTLE_MS, () => {
      this.#settle();
    });
    this.#announce(reason);
    this.#settleIfReady();
  }

  #callOff(reason: TopologyReason): void {
    const given = this.paths.callOff();
    this.#waiting = undefined;
    this.#stop('settling');
    this.#announce(reason);
    if (given.topology === 'sfu') leaveServer(this.#room, given.media);
    this.#tellSettled();
  }

  #settleIfReady(): void {
    if (this.#waiting?.size === 0) this.#settle();
  }

  #settle(): void {
    if (this.#room.closed || !this.#waiting) return;
    this.#waiting = undefined;
    this.#stop('settling');
    const former = this.paths.settle();
    if (former?.topology === 'sfu') leaveServer(this.#room, former.media);
    this.#tellSettled();
    this.#review();
  }

  #tellSettled(): void {
    for (const peer of this.#followers()) peer.tell({ type: 'pathSettled', path: this.paths.current.number });
  }

  #announce(reason: TopologyReason): void {
    const { topology, number: path } = this.paths.current;
    this.#context.logger.info({ roomId: this.#room.id, topology, reason, path }, 'topology changed');
    for (const peer of this.#room.peers.values())
      if (peer.followsPaths || peer.ability === 'page')
        peer.tell({ type: 'topologyChanged', topology, reason, path });
    this.#room.topologyChanged(topology, reason);
  }

  #died(media: MediaRoom): void {
    const { current, former } = this.paths;
    if (this.#room.closed) return;
    if (former?.media === media) this.#settle();
    if (current.media !== media || this.paths.isDead) return;
    if (![...this.#room.peers.values()].some(({ followsPaths }) => followsPaths)) {
      this.#room.close('mediaServerDied');
      return;
    }
    this.paths.died();
    this.#waiting = undefined;
    this.#stop('settling');
    leaveServer(this.#room, media);
    this.#room.endThoseLeftBehind();
    this.#review();
  }

  #listen(media: MediaRoom): void {
    media.on('died', () => {
      this.#died(media);
    });
    media.on('activeSpeakers', (speakers) => {
      if (this.paths.server === media) this.#room.heard(speakers);
    });
  }

  *#followers(): Iterable<PeerImpl> {
    for (const peer of this.#room.peers.values()) if (peer.followsPaths) yield peer;
  }

  #membersChanged(): void {
    this.#failures.membersChanged((peerId) => this.#room.peers.has(peerId));
  }

  #calmDown(): void {
    this.#stops.calming ??= this.#timer.after(CALM_MS, () => {
      this.#stop('calming');
      this.#review(true);
    });
  }

  #retryLater(): void {
    this.#stop('retrying');
    this.#stops.retrying = this.#timer.after(this.#failures.retryMs, () => {
      this.#failures.forgive();
      this.#review();
    });
  }

  #stop(what: 'settling' | 'calming' | 'retrying'): void {
    this.#stops[what]?.();
    this.#stops[what] = undefined;
  }

  #assertSuits(topology: Topology): void {
    const { topology: current } = this.paths.current;
    for (const each of this.#participants) {
      // A page that the server plays the others to does not go back to calling them by itself.
      const isStuck = each.ability === 'page' && topology === 'p2p' && current === 'sfu';
      if (isStuck || !suits(topology, each)) throw topologyMismatch(this.#room.id, topology);
    }
  }
}
