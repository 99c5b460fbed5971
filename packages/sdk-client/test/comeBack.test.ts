import { FakeBackend, TestServer } from '@parlor/sdk-server/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { DriverFactory } from '../src/drivers/MediaDriver.js';
import { Room } from '../src/index.js';
import type { WebSocketLike } from '../src/platform.js';
import { createFakeDrivers, FakeMediaDevices, FakeMediaStreamTrack, Faults } from '../src/testing/index.js';

/** Our client against our server over real sockets, which is started anew or has forgotten; without media. */

let server: TestServer;
let people: Person[] = [];

const start = async () => {
  server = await TestServer.start(() => ({
    access: { allowAnonymous: true },
    media: new FakeBackend(),
    resumeSecret: 'known before and after the restart',
  }));
};

const LEAVING = [
  'participantConnected',
  'participantDisconnected',
  'trackPublished',
  'trackUnpublished',
] as const;

const VP8 = { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, rtcpFeedback: [] };

/** What a fake path leaves out of its requests, and a server wants to know. */
const MEDIA: Record<string, object> = {
  produce: { rtpParameters: { codecs: [{ ...VP8, payloadType: 101 }], encodings: [{ ssrc: 1 }] } },
  subscribe: { rtpCapabilities: { codecs: [{ ...VP8, preferredPayloadType: 101 }], headerExtensions: [] } },
};

const driver: DriverFactory = ({ request, ...context }) =>
  createFakeDrivers().factory({
    ...context,
    request: (method, data) => request(method, { ...(data as object), ...MEDIA[method] }),
  });

class Person {
  readonly faults = new Faults({
    createWebSocket: (address, protocols) => {
      const socket = new WebSocket(address, protocols);
      // What is wrong comes with `close`, as in a browser.
      socket.on('error', () => undefined);
      return socket as WebSocketLike;
    },
    mediaDevices: new FakeMediaDevices(),
    page: { href: undefined, online: true, on: () => () => undefined },
  });
  readonly room: Room;
  readonly heard: unknown[] = [];
  readonly told: string[] = [];

  constructor(readonly name: string) {
    this.room = new Room({
      peerId: name,
      driver,
      platform: this.faults.platform,
      reconnectPolicy: { nextDelay: ({ attempt }) => Math.min(attempt, 20) },
    });
    this.room.on('dataReceived', (payload) => this.heard.push(payload));
    for (const event of [...LEAVING, 'reconnecting', 'reconnected'] as const)
      this.room.on(event, () => this.told.push(event));
    people.push(this);
  }

  async join(): Promise<this> {
    await this.room.connect(`${server.url}/ws`, undefined, { room: 'room' });
    const track = new FakeMediaStreamTrack({ kind: 'video' });
    await this.room.localParticipant.publishTrack(track, { source: 'camera' });
    return this;
  }

  /** What an app would hold of the others. */
  get others(): unknown[] {
    return [...this.room.remoteParticipants.values()].flatMap((participant) => [
      participant,
      ...[...participant.trackPublications.values()].flatMap((publication) => [
        publication,
        publication.track,
      ]),
    ]);
  }

  get ids(): (string | undefined)[] {
    return [...this.room.localParticipant.trackPublications.values()].map(({ producerId }) => producerId);
  }
}

const live = ({ room }: Person, count: number) =>
  [...room.remoteParticipants.values()]
    .flatMap(({ trackPublications }) => [...trackPublications.values()])
    .filter(({ track }) => track?.mediaStreamTrack?.readyState === 'live').length === count;

async function meet(...names: string[]): Promise<Person[]> {
  const met: Person[] = [];
  for (const name of names) met.push(await new Person(name).join());
  await vi.waitFor(() => {
    for (const person of met) expect(live(person, names.length - 1)).toBe(true);
  });
  for (const person of met) person.told.length = 0;
  return met;
}

afterEach(async () => {
  await Promise.all(people.map(({ room }) => room.disconnect()));
  people = [];
  await server.close();
});

test.each(['restart', 'crash'] as const)('%s: everybody is back as who they were', async (how) => {
  await start();
  const all = await meet('alice', 'bob', 'carol');
  const before = all.map(({ others, ids }) => ({ others, ids }));
  await server[how]();
  await vi.waitFor(
    () => {
      for (const person of all) {
        expect(person.told).toEqual(['reconnecting', 'reconnected']);
        expect(live(person, 2)).toBe(true);
      }
    },
    { timeout: 30_000 },
  );
  all.forEach((person, index) => {
    expect(person.ids).toEqual(before[index]?.ids);
    person.others.forEach((object, at) => {
      expect(object).toBe(before[index]?.others[at]);
    });
  });
});

test('too much was said meanwhile: what is there now is compared with what was', async () => {
  await start();
  const [alice, bob, carol] = await meet('alice', 'bob', 'carol');
  if (!alice || !bob || !carol) throw new Error('somebody is missing');
  const [bobBefore] = alice.others;
  alice.faults.setDown(true);
  for (let said = 0; said < 600; said++) await bob.room.localParticipant.sendMessage(said);
  await carol.room.disconnect();
  alice.faults.setDown(false);
  await vi.waitFor(
    () => {
      expect(alice.told).toContain('reconnected');
      expect(live(alice, 1)).toBe(true);
    },
    { timeout: 30_000 },
  );
  expect(alice.others[0]).toBe(bobBefore);
  expect(alice.told).toEqual(['reconnecting', 'trackUnpublished', 'participantDisconnected', 'reconnected']);
  // What she missed is gone; what comes, comes.
  expect(alice.heard).toEqual([]);
  await bob.room.localParticipant.sendMessage('there you are');
  await vi.waitFor(() => {
    expect(alice.heard).toEqual(['there you are']);
  });
});
