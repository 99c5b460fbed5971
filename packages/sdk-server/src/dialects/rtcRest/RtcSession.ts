import type { PeerLeftReason, RtcEvents, RtcSnapshot, UsageRecord } from '@parlor/protocol';
import type { ClientPeer } from '../ownObjects.js';
import { eventText } from './EventLog.js';
import { EventStream } from './EventStream.js';
import type { RtcLink } from './RtcLink.js';

/** Tabs and reloads: more than these are forgotten connections. */
const MAX_STREAMS = 8;
/** How long browsers wait before they come back, milliseconds. */
const RETRY_MS = 1000;
/** Proxies end connections on which nothing is said; a comment is ignored by clients (WHATWG HTML §9.2.6). */
const HEARTBEAT = ':\n\n';

export interface RtcSessionParts {
  readonly peer: ClientPeer;
  readonly link: RtcLink;
  readonly now: () => number;
}

/** One user in one room: what their requests are about and where their events come from. */
export class RtcSession {
  readonly peer: ClientPeer;
  readonly #link: RtcLink;
  readonly #now: () => number;
  readonly #streams = new Set<EventStream>();
  /** Requests that are being answered. */
  #calls = 0;
  #lastSeen: number;
  /** What a client knows that has heard of nothing but the answer to its join. */
  #joinedAt: number;

  constructor({ peer, link, now }: RtcSessionParts) {
    this.peer = peer;
    this.#link = link;
    this.#now = now;
    this.#lastSeen = now();
    this.#joinedAt = link.log.lastId;
    peer.on('transportCreated', (transport) => {
      transport.on('stateChanged', () => {
        this.#touch();
      });
      transport.on('closed', () => {
        this.#touch();
      });
    });
    peer.once('closed', (reason) => {
      this.#end(reason);
    });
  }

  get roomId(): string {
    return this.peer.room.id;
  }

  /** A client calls: it is there while it waits for the answer. */
  async during<T>(call: () => Promise<T> | T): Promise<T> {
    this.#calls += 1;
    try {
      return await call();
    } finally {
      this.#calls -= 1;
      this.#touch();
    }
  }

  /** How the room looks to this user now; events up to here are in it. */
  get snapshot(): RtcSnapshot {
    const { peer } = this;
    const { roomId, peers, producers } = peer.room.snapshot;
    return {
      roomId,
      peerId: peer.id,
      peers: peers.filter(({ id }) => id !== peer.id),
      producers: producers.filter(({ peerId, pending }) => peerId !== peer.id && !pending),
      consumers: [...peer.consumers.values()].map(({ id, producer, paused }) => ({
        id,
        producerId: producer.id,
        paused,
      })),
    };
  }

  /** The client has got the snapshot: whoever listens from now on without saying from where hears what follows. */
  joined(): void {
    this.#joinedAt = this.#link.log.lastId;
  }

  /** An endless answer with the events. @param lastEventId The last one that the client knows. */
  listen(lastEventId: string | undefined): Response {
    const { log } = this.#link;
    const known = lastEventId === undefined ? this.#joinedAt : eventId(lastEventId);
    const missed = log.since(known) ?? [
      eventText({ id: log.lastId, event: 'reset', data: this.snapshot satisfies RtcEvents['reset'] }),
    ];
    const stream = new EventStream(() => {
      stopListening();
      this.#streams.delete(stream);
      this.#touch();
    });
    const stopListening = log.listen((text) => {
      stream.write(text);
    });
    this.#streams.add(stream);
    stream.write(`retry: ${String(RETRY_MS)}\n\n${missed.join('')}`);
    const [oldest] = this.#streams;
    if (this.#streams.size > MAX_STREAMS) oldest?.close();
    return stream.response;
  }

  tellUsage(record: UsageRecord): void {
    if (this.peer.grants.moderate && record.peerId !== this.peer.id) this.#link.log.append('usage', record);
  }

  heartbeat(): void {
    this.#link.log.write(HEARTBEAT);
  }

  /** Since when there has been no sign of the user, milliseconds; undefined: they are there. */
  get silentSince(): number | undefined {
    const isConnected = [...this.peer.transports.values()].some(({ state }) => state === 'connected');
    return isConnected || this.#calls > 0 || this.#streams.size > 0 ? undefined : this.#lastSeen;
  }

  #touch(): void {
    this.#lastSeen = this.#now();
  }

  #end(reason: PeerLeftReason): void {
    const { ended, log } = this.#link;
    const why = ended && { error: ended.code, message: ended.message };
    log.append('ended', { reason, ...why } satisfies RtcEvents['ended']);
    for (const stream of [...this.#streams]) stream.close();
  }
}

/** NaN, which is none of ours, for what the server has never given out. */
const eventId = (text: string): number => (/^\d{1,16}$/.test(text) ? Number(text) : NaN);
