import type { DriverFactory, MediaDriver, RemoteProducer } from '../drivers/MediaDriver.js';
import { silentLogger } from '../logger.js';
import { createPlatform, type Platform } from '../platform.js';
import { createSession } from '../session/createSession.js';
import type { ChannelFactory } from '../signaling/SignalChannel.js';
import type { TrackKind } from '../types.js';
import type { DriverHarness, DriverSide, Heard } from './driverContract.js';

interface HarnessOptions {
  readonly url: string;
  readonly roomId: string;
  readonly driver: DriverFactory;
  readonly channel?: ChannelFactory;
  readonly platform?: Partial<Platform>;
  readonly createTrack: (kind: TrackKind) => MediaStreamTrack | Promise<MediaStreamTrack>;
  readonly play?: (track: MediaStreamTrack) => void;
}

/** A harness for `driverContract` that joins rooms of a server, real or in memory. */
export function sessionHarness(options: HarnessOptions): DriverHarness & { close(): void } {
  const leaves: (() => void)[] = [];
  const platform = createPlatform(options.platform);

  async function join(peerId: string): Promise<DriverSide> {
    const known = new Map<string, RemoteProducer>();
    let speakers: readonly string[] = [];
    const heard: Heard[] = [];
    const waiting = new Set<() => void>();
    const once = <T>(value: () => T, accept: (value: T) => boolean): Promise<T> =>
      new Promise((resolve) => {
        const look = () => {
          const now = value();
          if (!accept(now)) return;
          waiting.delete(look);
          resolve(now);
        };
        waiting.add(look);
        look();
      });
    const { session } = createSession({
      settings: { driver: options.driver, ...(options.channel ? { channel: options.channel } : {}) },
      platform,
      logger: silentLogger,
      target: { url: options.url, token: undefined, roomId: options.roomId, peerId },
      displayName: peerId,
      returning: false,
    });
    session.on('change', (change) => {
      if (change.type === 'producerAdded' || change.type === 'producerMuted') {
        known.set(change.producer.producerId, change.producer);
      }
      if (change.type === 'producerRemoved') known.delete(change.producer.producerId);
      if (change.type === 'speakers') speakers = change.speakers.map(({ peerId: id }) => id);
      for (const look of [...waiting]) look();
    });
    session.on('message', (from, topic, payload) => {
      heard.push({ from, topic, payload });
      for (const look of [...waiting]) look();
    });
    let opened: MediaDriver | undefined;
    session.on('joined', (driver) => (opened = driver));
    await session.join();
    leaves.push(() => {
      session.leave();
    });
    if (!opened) throw new Error('joined without a driver');
    return {
      driver: opened,
      createTrack: options.createTrack,
      producers: (accept) => once<readonly RemoteProducer[]>(() => [...known.values()], accept),
      speakers: (accept) => once(() => speakers, accept),
      send: (message) => session.send(message, false),
      messages: (accept) => once<readonly Heard[]>(() => heard, accept),
      play: (track) => options.play?.(track),
    };
  }

  return {
    join,
    close: () => {
      for (const leave of leaves.splice(0)) leave();
    },
  };
}
