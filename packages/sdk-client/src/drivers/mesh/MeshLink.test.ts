import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../logger.js';
import { FakeMediaStreamTrack, FakePlatform, settle } from '../../testing/index.js';
import { MeshLink, type Incoming, type Outgoing } from './MeshLink.js';
import type { IncomingSignal } from './wire.js';

/** Both ends of a link; what one sends arrives at the other. */
function setup() {
  const platform = new FakePlatform();
  const broken: unknown[] = [];
  const end = (opener: boolean) => {
    const plan = { outgoing: new Map<string, Outgoing>(), incoming: new Map<string, Incoming>() };
    const link = new MeshLink({
      id: 'link',
      opener,
      plan,
      platform,
      logger: silentLogger,
      configuration: {},
      iceServers: { known: [], renew: () => undefined },
      send: (signal) => {
        queueMicrotask(() => {
          (opener ? other : first).link.receive({ from: 'somebody', ...signal } as IncomingSignal);
        });
      },
      onState: () => {},
      onSettled: () => {},
      onMessage: () => {},
      onBroken: (error) => broken.push(error),
    });
    return { ...plan, link };
  };
  const [first, other] = [end(true), end(false)];
  const send = (from: typeof first, producerId: string, kind: 'audio' | 'video') => {
    from.outgoing.set(producerId, {
      kind,
      source: kind === 'audio' ? 'microphone' : 'camera',
      mediaStreamTrack: new FakeMediaStreamTrack({ kind }),
      muted: false,
      options: {},
      wantedBitrate: 32_000,
    });
    (from === first ? other : first).incoming.set(producerId, { kind, receiving: true });
  };
  const update = async (...ends: (typeof first)[]) => {
    for (const { link } of ends) link.update();
    await settle();
  };
  /** Of one kind at both ends. */
  const directions = (kind: string) =>
    platform.network.open.map((connection) =>
      connection
        .getTransceivers()
        .filter((transceiver) => transceiver.kind === kind)
        .map(({ currentDirection }) => currentDirection),
    );
  return { first, other, send, update, directions, broken };
}

describe('a publication that ends', () => {
  for (const owner of ['first', 'other'] as const) {
    for (const told of ['first', 'other', 'both at once'] as const) {
      it(`leaves the rest of the link alone: of ${owner}, known to ${told} before the signal`, async () => {
        const { send, update, directions, broken, ...ends } = setup();
        const { first, other } = ends;
        send(ends[owner], 'voice', 'audio');
        send(ends[owner], 'face', 'video');
        await update(first, other);
        const before = directions('audio');
        expect(before.flat().sort()).toEqual(['recvonly', 'sendonly']);

        for (const { outgoing, incoming } of [first, other]) {
          outgoing.delete('face');
          incoming.delete('face');
        }
        if (told === 'both at once') await update(first, other);
        else {
          await update(ends[told]);
          await update(first, other);
        }
        expect(broken).toEqual([]);
        expect(directions('video')).toEqual([[], []]);
        expect(directions('audio')).toEqual(before);

        send(ends[owner], 'screen', 'video');
        await update(first, other);
        expect(directions('video').flat().sort()).toEqual(['recvonly', 'sendonly']);
        expect(broken).toEqual([]);
      });
    }
  }
});
