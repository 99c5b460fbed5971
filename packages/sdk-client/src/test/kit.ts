import type { RoomOptions } from '../options.js';
import { Room } from '../Room.js';
import {
  createFakeDrivers,
  FakePlatform,
  settle,
  type FakeDriver,
  type MemoryServer,
} from '../testing/index.js';
import type { RoomEvents } from '../types.js';

export const URL = 'wss://parlor.example';

export interface Guest {
  readonly room: Room;
  readonly platform: FakePlatform;
  /** Of this room, newest last. */
  readonly drivers: FakeDriver[];
  /** Names of the events so far, in order. */
  readonly events: string[];
}

const EVENTS: readonly (keyof RoomEvents)[] = [
  'connectionStateChanged',
  'connected',
  'reconnecting',
  'reconnected',
  'disconnected',
  'participantConnected',
  'participantDisconnected',
  'trackPublished',
  'trackUnpublished',
  'trackSubscribed',
  'trackUnsubscribed',
  'trackSubscriptionFailed',
  'trackMuted',
  'trackUnmuted',
  'localTrackPublished',
  'localTrackUnpublished',
  'localTrackPublicationFailed',
  'activeSpeakersChanged',
  'connectionQualityChanged',
  'dataReceived',
  'mediaDevicesError',
  'activeDeviceChanged',
  'audioPlaybackStatusChanged',
];

/** Somebody with a fake browser and a fake media path, on `server`. */
export function guest(server: MemoryServer, peerId: string, options: RoomOptions = {}): Guest {
  const platform = new FakePlatform();
  const { factory, drivers } = createFakeDrivers();
  const room = new Room({ peerId, platform, driver: factory, channel: server.channel, ...options });
  const events: string[] = [];
  for (const name of EVENTS) room.on(name, () => events.push(name));
  return { room, platform, drivers, events };
}

export async function join(server: MemoryServer, peerId: string, options: RoomOptions = {}): Promise<Guest> {
  const joined = guest(server, peerId, options);
  await joined.room.connect(URL, undefined, { room: 'r' });
  return joined;
}

/** Lets messages travel until `condition` holds. */
export async function until(condition: () => boolean, platform?: FakePlatform): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (condition()) return;
    await settle();
    await platform?.clock.advance(0);
  }
  throw new Error(`never came true: ${String(condition)}`);
}

export const newest = <T>(list: readonly T[]): T => {
  const last = list.at(-1);
  if (last === undefined) throw new Error('there is none');
  return last;
};
