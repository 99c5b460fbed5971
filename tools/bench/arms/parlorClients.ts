import { serveArm } from '../harness/serveArm.js';
import { PeerClient } from '../signalling/PeerClient.js';
import { ProtooSocket } from '../signalling/ProtooSocket.js';
import { consumersIn } from './media.js';

/** `oneByOne`: a peer joins when the one before is in and received by all; `allAtOnce`: nobody waits. */
export type Arrival = 'oneByOne' | 'allAtOnce';

export interface Fill {
  peers: number;
  arrival: Arrival;
}

export interface FillOverWire extends Fill {
  url: string;
  token: string;
  roomId: string;
}

export interface FillTraffic {
  /** What the server has sent. */
  messages: number;
  bytes: number;
}

export interface ParlorClientsMethods {
  /** Resolves when everyone receives everyone. */
  fill(data: FillOverWire): Promise<FillTraffic>;
  /** All of all rooms. */
  leave(): Promise<void>;
  /** The same at the server that does nothing but mediasoup's calls: one request a peer, one after another. */
  fillRaw(data: { url: string; peers: number }): Promise<void>;
}

let clients: PeerClient[] = [];
let rawSockets: ProtooSocket[] = [];
let ssrcs = 1;

/** Counts what is received by all together and lets waiters through at their number. */
class Arrivals {
  #count = 0;
  #waiters: { at: number; resolve: () => void }[] = [];

  add(count: number): void {
    this.#count += count;
    this.#waiters = this.#waiters.filter(({ at, resolve }) => {
      if (this.#count < at) return true;
      resolve();
      return false;
    });
  }

  reached(at: number): Promise<void> {
    if (this.#count >= at) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ at, resolve }));
  }
}

async function fill({ url, token, roomId, peers, arrival }: FillOverWire): Promise<FillTraffic> {
  const arrivals = new Arrivals();
  const enter = (index: number): Promise<PeerClient> =>
    PeerClient.enter(
      { url, token, roomId, peerId: `peer-${String(index)}` },
      {
        ssrc: ssrcs++,
        onConsumers: (count) => {
          arrivals.add(count);
        },
      },
    );
  const entered: PeerClient[] = [];
  if (arrival === 'allAtOnce') {
    entered.push(...(await Promise.all(Array.from({ length: peers }, (_, index) => enter(index)))));
    await arrivals.reached(consumersIn(peers));
  } else {
    for (let index = 0; index < peers; index++) {
      entered.push(await enter(index));
      await arrivals.reached(consumersIn(index + 1));
    }
  }
  clients.push(...entered);
  const traffic = entered.map((client) => client.traffic);
  return {
    messages: traffic.reduce((sum, { messages }) => sum + messages, 0),
    bytes: traffic.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function leave(): Promise<void> {
  await Promise.all([...clients, ...rawSockets].map((client) => client.close()));
  clients = [];
  rawSockets = [];
}

async function fillRaw({ url, peers }: { url: string; peers: number }): Promise<void> {
  let consumers = 0;
  for (let index = 0; index < peers; index++) {
    const socket = await ProtooSocket.open({
      url,
      token: '',
      roomId: 'raw',
      peerId: `peer-${String(index)}`,
    });
    rawSockets.push(socket);
    consumers += (await socket.request<{ consumers: number }>('join')).consumers;
  }
  if (consumers !== consumersIn(peers)) throw new Error(`made ${String(consumers)} consumers`);
}

serveArm<ParlorClientsMethods>({ fill, fillRaw, leave }, leave);
