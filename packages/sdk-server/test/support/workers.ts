import { once } from 'node:events';
import * as mediasoup from 'mediasoup';
import type { types } from 'mediasoup';
import type { MediasoupOptions } from '../../src/media/mediasoup/options.js';

/** Media that never leaves this machine, on one worker. */
export const LOCAL_MEDIA: MediasoupOptions = { workers: 1, listenIp: '127.0.0.1', clients: 'network' };

/** As that, but on two, and every connection of a room finds the other one emptier. */
export const SPREAD_MEDIA: MediasoupOptions = { ...LOCAL_MEDIA, workers: 2, maxConsumersPerWorker: 1 };

export interface WatchedWorkers {
  readonly workers: types.Worker[];
  /** Those that ended without having been asked to. */
  readonly died: types.Worker[];
  readonly routers: Set<types.Router>;
  readonly transports: Set<types.Transport>;
  readonly producers: Map<string, types.Producer>;
  /** What comes to a router by a pipe from another one; not among the producers. */
  readonly copies: Set<types.Producer>;
  readonly webRtcServers: Set<types.WebRtcServer>;
  /** Called for the next workers that start. */
  onWorker: ((worker: types.Worker) => void) | undefined;
  stop(): void;
}

/** Sees every worker that is started from here on, and what is on it. */
export function watchWorkers(): WatchedWorkers {
  const watched: WatchedWorkers = {
    workers: [],
    died: [],
    routers: new Set(),
    transports: new Set(),
    producers: new Map(),
    copies: new Set(),
    webRtcServers: new Set(),
    onWorker: undefined,
    stop: () => mediasoup.observer.off('newworker', onWorker),
  };
  const onWorker = (worker: types.Worker): void => {
    watched.workers.push(worker);
    watched.onWorker?.(worker);
    worker.observer.on('newwebrtcserver', (webRtcServer) => watched.webRtcServers.add(webRtcServer));
    worker.on('died', () => watched.died.push(worker));
    worker.observer.on('newrouter', (router) => {
      watched.routers.add(router);
      router.observer.on('close', () => watched.routers.delete(router));
      router.observer.on('newtransport', (transport) => {
        watched.transports.add(transport);
        transport.observer.on('close', () => watched.transports.delete(transport));
        transport.observer.on('newproducer', (producer) => {
          if (transport.type === 'pipe') {
            watched.copies.add(producer);
            producer.observer.on('close', () => watched.copies.delete(producer));
            return;
          }
          watched.producers.set(producer.id, producer);
          producer.observer.on('close', () => watched.producers.delete(producer.id));
        });
      });
    });
  };
  mediasoup.observer.on('newworker', onWorker);
  return watched;
}

/** Kills the worker that was started last, as the system would; resolves when its end was noticed. */
export async function killWorker({ workers }: WatchedWorkers): Promise<void> {
  const worker = workers.findLast(({ closed }) => !closed);
  if (!worker) throw new Error('there is no worker to kill');
  const noticed = once(worker, 'died');
  process.kill(worker.pid, 'SIGKILL');
  await noticed;
}
