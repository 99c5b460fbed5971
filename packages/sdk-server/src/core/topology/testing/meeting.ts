import { ParlorError } from '../../../errors.js';
import { ManualClock } from '../../../ice/testing/ManualClock.js';
import { silentLogger } from '../../../logger.js';
import { FakeBackend } from '../../../media/fake/FakeBackend.js';
import { sampleAudio } from '../../../testing/rtpSamples.js';
import { DEFAULT_LIMITS, type CoreContext } from '../../context.js';
import { Pacer } from '../../Pacer.js';
import type { PeerImpl } from '../../PeerImpl.js';
import type { ProducerImpl } from '../../ProducerImpl.js';
import { RoomRegistry } from '../../RoomRegistry.js';
import type { JoinOptions } from '../../types.js';
import type { RoomUpdate } from '../../updates.js';

export const rtpCapabilities = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
  ],
} as const;

/** A client without a wire: what it was told is kept. */
export class Guest {
  readonly told: RoomUpdate[] = [];
  ended: string | undefined;
  /** That media of the room took when it came in. */
  firstPath = 0;
  #peer: PeerImpl | undefined;

  constructor(readonly id: string) {}

  get peer(): PeerImpl {
    if (!this.#peer) throw new Error(`${this.id} is not in yet`);
    return this.#peer;
  }

  set peer(peer: PeerImpl) {
    this.#peer = peer;
    this.firstPath = peer.room.path;
  }

  /** What it was told of paths, in short. */
  get paths(): string[] {
    return this.told.flatMap((update) => {
      if (update.type === 'topologyChanged')
        return [`${update.topology} ${String(update.path)} ${update.reason}`];
      return update.type === 'pathSettled' ? [`settled ${String(update.path)}`] : [];
    });
  }

  types(...of: RoomUpdate['type'][]): RoomUpdate[] {
    return this.told.filter(({ type }) => of.includes(type));
  }

  ready(path = this.peer.room.path): void {
    this.peer.pathReady(path);
  }

  fails(peerId?: string): void {
    this.peer.pathFailed({ path: this.peer.room.path, code: 'TEST', peerId });
  }

  /** Announces a publication in a P2P room. */
  announces(): Promise<ProducerImpl> {
    return this.peer.produce({ kind: 'audio' });
  }

  /** Publishes by way of the server. */
  async sends(): Promise<ProducerImpl> {
    const { id: transportId } = await this.peer.createTransport({ direction: 'send' });
    return this.peer.produce({ kind: 'audio', rtpParameters: sampleAudio(), transportId });
  }

  /** Goes on with a publication by way of the server. */
  async carriesOn(producerId: string): Promise<void> {
    const { id: transportId } = await this.peer.createTransport({ direction: 'send' });
    await this.peer.carryOn(producerId, { kind: 'audio', rtpParameters: sampleAudio(), transportId });
  }

  /** Receives whatever is published by way of the server. */
  async follows(producerIds: string[] = []) {
    await this.peer.createTransport({ direction: 'recv' });
    this.peer.setRtpCapabilities(structuredClone(rtpCapabilities) as never);
    return this.peer.subscribe(producerIds, { follow: true });
  }
}

/** Rooms on media in memory and on time that passes when the test says so. */
export function meeting(options: Partial<CoreContext> = {}) {
  const clock = new ManualClock();
  const backend = new FakeBackend();
  const errors: unknown[] = [];
  const rooms = new RoomRegistry({
    backend,
    hooks: {},
    limits: DEFAULT_LIMITS,
    logger: { ...silentLogger, error: (fields) => errors.push(fields) },
    pacer: new Pacer(),
    newSecret: () => 'secret',
    iceServers: () => [],
    timer: clock,
    now: clock.now,
    ...options,
  });
  const join = async (id: string, how: Partial<JoinOptions> = { topology: 'auto' }): Promise<Guest> => {
    const guest = new Guest(id);
    guest.peer = await rooms.join('room', {
      peerId: id,
      link: {
        dialect: 'test',
        send: (update) => guest.told.push(update),
        end: ({ code }) => (guest.ended = code),
      },
      ...how,
    });
    return guest;
  };
  const room = () => {
    const found = rooms.get('room');
    if (!found) throw new Error('there is no room');
    return found;
  };
  const media = () => {
    const found = backend.rooms.get('room');
    if (!found) throw new Error('no media of the room goes through the server');
    return found;
  };
  const unavailable = new ParlorError('MEDIA_UNAVAILABLE', 'no worker');
  return { backend, rooms, clock, errors, join, room, media, unavailable };
}
