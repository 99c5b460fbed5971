import { createParlor, createToken, type Parlor, type ParlorOptions } from '@parlor/sdk-server';
import { attachParlor, parlorNode } from '@parlor/sdk-server/node';
import { observer } from 'mediasoup';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveArm } from '../harness/serveArm.js';
import { mediaCodecs } from './media.js';
import { measureMemory, startMeter, watchLoop, type Cost, type LoopDelay, type Memory } from './meter.js';

export interface ParlorServerMethods {
  open(data: { unlimitedMessages?: boolean; room?: RoomLimits }): Promise<{ url: string; token: string }>;
  /** Opens the room, where one is named, then starts the clock. `watch`: the event loop, too. */
  start(data: { roomId?: string; watch?: boolean }): Promise<void>;
  stop(): Cost & { loop?: LoopDelay };
  /** After garbage collections. */
  memory(): Promise<Memory>;
}

/** How much of what is published a room forwards. */
export type RoomLimits = Pick<ParlorOptions, 'lastN' | 'maxAudible'>;

/** A server as an application makes it: a token is checked at every join, all limits but the one named are on. */
let workerPid: number | undefined;
observer.on('newworker', (worker) => (workerPid = worker.pid));

const jwtSecret = 'the secret of a benchmark ends with its process';
let parlor: Parlor | undefined;
let close: (() => Promise<void>) | undefined;
let finish: (() => Cost & { loop?: LoopDelay }) | undefined;

async function open({
  unlimitedMessages = false,
  room = {},
}: {
  unlimitedMessages?: boolean;
  room?: RoomLimits;
}) {
  const made = await createParlor({
    access: { jwtSecret },
    ...room,
    media: { workers: 1, listenIp: '127.0.0.1', clients: 'network', codecs: mediaCodecs },
    ...(unlimitedMessages && { socketLimits: { messagesPerSecond: 1e9, messageBurst: 1e9 } }),
  });
  const server = createServer(parlorNode({ parlor: made }));
  attachParlor(server, made);
  parlor = made;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = async () => {
    await made.close();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${String(port)}/`, token: await createToken({ sub: 'bench' }, jwtSecret) };
}

serveArm<ParlorServerMethods>(
  {
    open,
    async start({ roomId, watch = false }) {
      if (roomId !== undefined) await parlor?.rooms.open(roomId);
      const stop = startMeter(workerPid);
      const stopWatching = watch ? watchLoop() : undefined;
      finish = () => ({ ...stop(), ...(stopWatching && { loop: stopWatching() }) });
    },
    stop() {
      if (!finish) throw new Error('start first');
      return finish();
    },
    memory: () => measureMemory(workerPid),
  },
  () => close?.(),
);
