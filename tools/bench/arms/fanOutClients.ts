import { setTimeout as delay } from 'node:timers/promises';
import { writeRtp } from '../../../apps/load/src/media/rtp.js';
import { JanusSfu } from '../fanOut/JanusSfu.js';
import { ParlorSfu } from '../fanOut/ParlorSfu.js';
import { RawSfu } from '../fanOut/RawSfu.js';
import type { Receiver, Sfu, SfuAddress } from '../fanOut/Sfu.js';
import { STREAMS, type Kind, type Stream } from '../fanOut/streams.js';
import { serveArm } from '../harness/serveArm.js';
import { settled } from '../harness/settled.js';

export interface Forwarded {
  /** Packets that were sent to the server, and those that its clients received of them, all together. */
  sent: number;
  received: number;
}

/** Milliseconds until the first packet was there. */
export interface FirstPacket {
  /** Since the client, let in, asked for the stream. */
  asked: number;
  /** Since it began to come. */
  started: number;
}

export interface FanOutClientsMethods {
  /** Publishes a stream of this kind. */
  open(data: { server: SfuAddress; kind: Kind }): Promise<void>;
  /** Has so many clients receive, no fewer than before. */
  receivers(data: { count: number }): Promise<void>;
  /** Sends for a while and waits for what is under way. */
  run(data: { packetsPerSecond: number; ms: number }): Promise<Forwarded>;
  /** One more client comes while packets are sent, and leaves when it has one. */
  firstPacket(): Promise<FirstPacket>;
}

/** How many connect at the same time. */
const AT_ONCE = 25;
const TICK_MS = 5;
/** Between packets, where each of them may be the first. */
const DENSE_MS = 1;

const create: Record<SfuAddress['kind'], (server: SfuAddress) => Sfu> = {
  parlor: (server) => new ParlorSfu(server),
  raw: (server) => new RawSfu(server),
  janus: (server) => new JanusSfu(server),
};

let sfu: Sfu | undefined;
let stream: Stream = STREAMS.video;
let send: (packet: Buffer) => void = () => {};
let sequenceNumber = 0;
const receivers: Receiver[] = [];

const receivedByAll = (): number => receivers.reduce((sum, { packets }) => sum + packets(), 0);

/** One frame a packet. */
function sendNext(packetsPerSecond: number): void {
  const { kind, payloadType, ssrc, clockRate, payload } = stream;
  const timestamp = Math.round((sequenceNumber * clockRate) / packetsPerSecond);
  const header = { payloadType, marker: kind === 'video', sequenceNumber, timestamp, ssrc };
  send(writeRtp(header, payload));
  sequenceNumber++;
}

async function run({ packetsPerSecond, ms }: { packetsPerSecond: number; ms: number }): Promise<Forwarded> {
  const before = receivedByAll();
  const startedAt = performance.now();
  let sent = 0;
  for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - startedAt) {
    for (; sent <= (elapsed * packetsPerSecond) / 1000; sent++) sendNext(packetsPerSecond);
    await delay(TICK_MS);
  }
  await settled(receivedByAll);
  return { sent, received: receivedByAll() - before };
}

async function firstPacket(): Promise<FirstPacket> {
  if (!sfu) throw new Error('open first');
  const sending = setInterval(() => {
    sendNext(1000 / DENSE_MS);
  }, DENSE_MS);
  try {
    const receiver = await sfu.receive();
    let firstAt = receiver.firstAt();
    for (; firstAt === undefined; firstAt = receiver.firstAt()) await delay(DENSE_MS);
    await receiver.close();
    return { asked: firstAt - receiver.askedAt, started: firstAt - receiver.startedAt };
  } finally {
    clearInterval(sending);
  }
}

serveArm<FanOutClientsMethods>(
  {
    async open({ server, kind }) {
      sfu = create[server.kind](server);
      stream = STREAMS[kind];
      ({ send } = await sfu.publish(stream));
    },
    async receivers({ count }) {
      const server = sfu;
      if (!server) throw new Error('open first');
      while (receivers.length < count) {
        const batch = Math.min(AT_ONCE, count - receivers.length);
        receivers.push(...(await Promise.all(Array.from({ length: batch }, () => server.receive()))));
      }
      // The first packets go astray until servers have found their key frame.
      await run({ packetsPerSecond: 50, ms: 200 });
    },
    run,
    firstPacket,
  },
  () => sfu?.close(),
);
