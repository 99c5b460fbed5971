import type { RoomOptions } from '../options.js';
import { meshDriver } from '../drivers/mesh/MeshDriver.js';
import { Switcher } from '../drivers/switcher/Switcher.js';
import { Room } from '../Room.js';
import { FakeMediaStreamTrack, FakePlatform, MemoryServer } from '../testing/index.js';
import type { RoomEvents, Topology } from '../types.js';
import { FakeSfu } from './FakeSfu.js';
import { URL } from './kit.js';

export interface Member {
  readonly name: string;
  readonly room: Room;
  /** Names of the events that say that somebody or something went, or that something broke. */
  readonly events: string[];
}

const GOING = [
  'participantDisconnected',
  'trackUnpublished',
  'trackUnsubscribed',
  'trackSubscriptionFailed',
  'localTrackUnpublished',
  'localTrackPublicationFailed',
  'reconnecting',
  'disconnected',
] as const satisfies readonly (keyof RoomEvents)[];

const SOURCES = { microphone: 'audio', camera: 'video' } as const;

/** Rooms that change their way, with the drivers that pages have, on a server, a network and a media process in memory. */
export class Switching {
  readonly sfu = new FakeSfu();
  readonly platform = new FakePlatform();
  readonly server = new MemoryServer(this.sfu.media);
  readonly members = new Map<string, Member>();

  get paths() {
    return this.server.rooms.get('r')?.paths;
  }

  log(method: string) {
    return this.server.rooms.get('r')?.log.filter((entry) => entry.method === method) ?? [];
  }

  async join(name: string, options: RoomOptions = {}): Promise<Member> {
    const topology = options.topology ?? 'auto';
    const drivers = {
      ...(topology === 'sfu' ? {} : { p2p: meshDriver }),
      ...(topology === 'p2p' ? {} : { sfu: this.sfu.driver }),
    };
    const room = new Room({
      peerId: name,
      platform: this.platform,
      channel: this.server.channel,
      driver: (context) => new Switcher(context, { topology, drivers }),
      ...options,
    });
    const member: Member = { name, room, events: [] };
    for (const event of GOING) room.on(event, () => member.events.push(event));
    room.on('topologyChanged', (to, reason) => member.events.push(`${to} ${reason}`));
    this.members.set(name, member);
    await room.connect(URL, undefined, { room: 'r' });
    return member;
  }

  /** With microphone and camera. */
  async enter(name: string, options: RoomOptions = {}): Promise<Member> {
    const member = await this.join(name, options);
    await Promise.all([this.publish(member, 'microphone'), this.publish(member, 'camera')]);
    return member;
  }

  publish({ room }: Member, source: 'microphone' | 'camera') {
    const media = new FakeMediaStreamTrack({
      kind: SOURCES[source],
      settings: { width: 1280, height: 720 },
    });
    return room.localParticipant.publishTrack(media, { source });
  }

  async leave(name: string): Promise<void> {
    const member = this.members.get(name);
    this.members.delete(name);
    await member?.room.disconnect();
  }

  /** Everything that is under way has arrived; no time passes. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < 60; turn++) await this.platform.clock.advance(0);
  }

  async pass(milliseconds: number): Promise<void> {
    await this.quiet();
    for (let passed = 0; passed < milliseconds; passed += 100) {
      await this.platform.clock.advance(Math.min(100, milliseconds - passed));
      await this.platform.clock.advance(0);
    }
    await this.quiet();
  }

  /** Every object that an app may hold on to, by what it is. */
  objects(): Map<string, unknown> {
    const objects = new Map<string, unknown>();
    for (const { name, room } of this.members.values()) {
      for (const publication of room.localParticipant.trackPublications.values()) {
        objects.set(`${name} ${publication.source} publication`, publication);
        objects.set(`${name} ${publication.source} track`, publication.track);
      }
      for (const [identity, participant] of room.remoteParticipants) {
        objects.set(`${name} ${identity}`, participant);
        for (const publication of participant.trackPublications.values()) {
          objects.set(`${name} ${identity} ${publication.source} publication`, publication);
          objects.set(`${name} ${identity} ${publication.source} track`, publication.track);
        }
      }
    }
    return objects;
  }

  /** Which way media of a received track comes. */
  wayOf(track: MediaStreamTrack | undefined): Topology | 'none' {
    if (!track || track.readyState === 'ended') return 'none';
    if (this.sfu.carries(track)) return 'sfu';
    const receives = this.platform.network.open.some(
      (connection) =>
        connection.connectionState === 'connected' &&
        connection
          .getTransceivers()
          .some((each) => each.receiver.track === track && each.currentDirection === 'recvonly'),
    );
    return receives ? 'p2p' : 'none';
  }

  /** How everybody receives what the others publish: `alice < bob/camera: sfu`. */
  ways(): string[] {
    return [...this.members.values()].flatMap(({ name, room }) =>
      [...room.remoteParticipants.values()].flatMap((participant) =>
        [...participant.trackPublications.values()]
          .filter(({ isDesired }) => isDesired)
          .map(({ source, track }) => {
            const way = this.wayOf(track?.mediaStreamTrack);
            return `${name} < ${participant.identity}/${source}: ${way}`;
          }),
      ),
    );
  }

  /** What is not as it has to be once everything has settled. */
  faults(): string[] {
    if (!this.paths) return ['there is no room'];
    const { topology, isSettled } = this.paths;
    const { network } = this.platform;
    const faults = this.ways().filter((way) => !way.endsWith(topology));
    if (!isSettled) faults.push('the change is not settled');
    if (topology === 'sfu' && network.open.length > 0) faults.push('peer connections are left');
    if (topology === 'p2p' && this.sfu.open > 0) faults.push('transports are left');
    if (topology === 'sfu' && this.sfu.open !== 2 * this.members.size)
      faults.push('transports are missing or left');
    for (const { name, room } of this.members.values()) {
      if (room.topology !== topology) faults.push(`${name} thinks it is ${String(room.topology)}`);
      if (room.state !== 'connected') faults.push(`${name} is ${room.state}`);
      for (const { isPublished, isMuted, source } of room.localParticipant.trackPublications.values())
        if (!isPublished && !isMuted) faults.push(`${name}/${source} is not published`);
      if (room.remoteParticipants.size !== this.members.size - 1) faults.push(`${name} misses somebody`);
    }
    return faults;
  }
}
