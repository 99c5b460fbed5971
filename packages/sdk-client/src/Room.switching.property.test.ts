import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Switching, type Member } from './test/switching.js';

const SOURCES = ['microphone', 'camera'] as const;
type Source = (typeof SOURCES)[number];

/** Any number picks somebody, if anybody is there. */
const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % list.length];

/** What may happen in a room, and what it makes of the objects that the app holds on to. */
class Story {
  readonly world = new Switching();
  /** By what it is: the object that was there first. */
  readonly #seen = new Map<string, unknown>();
  #names = 0;

  async take({ does: what, who, whom, source, milliseconds }: Step): Promise<void> {
    const steps: Record<Step['does'], () => Promise<void> | void> = {
      join: () => this.join(),
      leave: () => this.leave(who),
      wait: () => undefined,
      shrink: () => this.shrink(),
      publish: () => this.publish(who, source),
      unpublish: () => this.unpublish(who, source),
      mute: () => this.mute(who, source),
      replace: () => this.replace(who, source),
      subscribe: () => this.subscribe(who, whom, source),
      disable: () => this.disable(who, whom, source),
      die: () => this.die(),
      settle: () => this.settle(),
      cut: () => this.cut(),
      flow: () => this.flow(whom < 2),
      line: () => this.line(who),
    };
    if (what === 'wait') await this.wait(milliseconds);
    else this.start(Promise.resolve(steps[what]()));
  }

  /** Goes on meanwhile. Who leaves gives up what is under way. */
  start(work: Promise<void>): void {
    work.catch((error: unknown) => {
      expect(GIVEN_UP).toContain((error as { code?: unknown }).code);
    });
  }

  async join(): Promise<void> {
    if (this.world.members.size >= 5) return;
    const member = await this.world.join(`p${String(this.#names++)}`);
    await Promise.all(SOURCES.map((source) => this.#publish(member, source)));
  }

  async leave(who: number): Promise<void> {
    const member = this.#member(who);
    if (!member) return;
    await this.world.leave(member.name);
    this.#forget((key) => key.split(' ').includes(member.name));
  }

  async publish(who: number, source: Source): Promise<void> {
    const member = this.#member(who);
    if (member) await this.#publish(member, source);
  }

  async unpublish(who: number, source: Source): Promise<void> {
    const member = this.#member(who);
    const publication = member?.room.localParticipant.getTrackPublication(source);
    if (!member || !publication) return;
    this.#forget((key) => key.includes(`${member.name} ${source}`));
    await member.room.localParticipant.unpublishTrack(publication.track);
    this.#forget((key) => key.includes(`${member.name} ${source}`));
  }

  async mute(who: number, source: Source): Promise<void> {
    const publication = this.#member(who)?.room.localParticipant.getTrackPublication(source);
    await (publication?.isMuted ? publication.unmute() : publication?.mute());
  }

  async replace(who: number, source: Source): Promise<void> {
    const track = this.#member(who)?.room.localParticipant.getTrackPublication(source)?.track;
    await track?.replaceTrack(track.mediaStreamTrack.clone());
  }

  subscribe(who: number, whom: number, source: Source): void {
    const member = this.#member(who);
    const participant = pick([...(member?.room.remoteParticipants.values() ?? [])], whom);
    const publication = participant?.getTrackPublication(source);
    if (!member || !participant || !publication) return;
    publication.setSubscribed(!publication.isDesired);
    this.#forget((key) => key === `${member.name} ${participant.identity} ${source} track`);
  }

  async disable(who: number, whom: number, source: Source): Promise<void> {
    const participant = pick([...(this.#member(who)?.room.remoteParticipants.values() ?? [])], whom);
    await participant?.getTrackPublication(source)?.setEnabled(false);
  }

  /** The server finds that few enough are left. */
  shrink(): void {
    const { paths, members } = this.world;
    if (paths && members.size <= 2 && paths.canMoveTo('p2p')) paths.move('p2p', 'participants');
  }

  die(): void {
    const { paths, sfu } = this.world;
    if (!paths) return;
    sfu.die();
    if (paths.topology === 'sfu') paths.move('sfu', 'mediaServerDied');
    else if (!paths.isSettled) paths.settle();
  }

  settle(): void {
    if (this.world.paths?.isSettled === false) this.world.paths.settle();
  }

  cut(): void {
    const { network } = this.world.platform;
    if (network.isCut) network.mend();
    else network.cut('failed');
  }

  flow(sfu: boolean): void {
    const which = sfu ? this.world.sfu : this.world.platform.network;
    which.flows = !which.flows;
  }

  line(who: number): void {
    const channel = pick(this.world.server.open, who);
    if (channel?.isInterrupted) channel.resume();
    else channel?.interrupt();
  }

  async wait(milliseconds: number): Promise<void> {
    await this.world.pass(milliseconds);
    this.#look();
  }

  /** Everything works again, and time passes. */
  async end(): Promise<void> {
    const { world } = this;
    world.sfu.flows = world.platform.network.flows = true;
    world.platform.network.mend();
    for (const channel of world.server.open) if (channel.isInterrupted) channel.resume();
    await world.pass(100);
    for (const { room } of world.members.values())
      for (const participant of room.remoteParticipants.values())
        for (const publication of participant.trackPublications.values()) await publication.setEnabled(true);
    await world.pass(30_000);
    this.settle();
    await world.pass(2000);
    this.#look();
  }

  #member(who: number): Member | undefined {
    return pick([...this.world.members.values()], who);
  }

  /** One of each source: objects are known by it. Who is still joining may have been asked before. */
  async #publish(member: Member, source: Source): Promise<void> {
    if (!member.room.localParticipant.getTrackPublication(source)) await this.world.publish(member, source);
  }

  #forget(isOver: (key: string) => boolean): void {
    for (const key of [...this.#seen.keys()]) if (isOver(key)) this.#seen.delete(key);
  }

  /** Objects are those that they were. */
  #look(): void {
    const now = this.world.objects();
    for (const [key, object] of this.#seen) expect(now.get(key) === object, key).toBe(true);
    for (const [key, object] of now) if (object !== undefined) this.#seen.set(key, object);
  }
}

/** The last: of a track that is unmuted while it is unpublished. */
const GIVEN_UP = ['CANCELLED', 'NOT_CONNECTED', 'TRACK_ENDED'];

/** What an app must not hear of. */
const BROKEN: ReadonlySet<string> = new Set([
  'trackSubscriptionFailed',
  'localTrackPublicationFailed',
  'reconnecting',
  'disconnected',
]);

interface Step {
  readonly does:
    | 'join'
    | 'leave'
    | 'wait'
    | 'shrink'
    | 'publish'
    | 'unpublish'
    | 'mute'
    | 'replace'
    | 'subscribe'
    | 'disable'
    | 'die'
    | 'settle'
    | 'cut'
    | 'flow'
    | 'line';
  readonly who: number;
  readonly whom: number;
  readonly source: Source;
  readonly milliseconds: number;
}

const does = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Step['does']>('join') },
  { weight: 3, arbitrary: fc.constant<Step['does']>('leave') },
  { weight: 6, arbitrary: fc.constant<Step['does']>('wait') },
  { weight: 3, arbitrary: fc.constant<Step['does']>('shrink') },
  {
    weight: 12,
    arbitrary: fc.constantFrom<Step['does']>(
      'publish',
      'unpublish',
      'mute',
      'replace',
      'subscribe',
      'disable',
      'die',
      'settle',
      'cut',
      'flow',
      'line',
    ),
  },
);

const steps = fc.array(
  fc.record<Step>({
    does,
    who: fc.nat({ max: 4 }),
    whom: fc.nat({ max: 3 }),
    source: fc.constantFrom(...SOURCES),
    milliseconds: fc.constantFrom(0, 50, 150, 300, 600, 1200, 6000),
  }),
  { maxLength: 30 },
);

it('whatever happens: in the end all that is wanted comes, by the one way that there is, into the objects of before', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const story = new Story();
      for (const step of list) await story.take(step);
      await story.end();
      const { world } = story;
      if (world.members.size > 0) expect(world.faults()).toEqual([]);
      for (const { events } of world.members.values())
        expect(events.filter((event) => BROKEN.has(event))).toEqual([]);
      for (const name of [...world.members.keys()]) await world.leave(name);
      await world.pass(1000);
      const { held, network } = world.platform;
      expect([held.timers, held.pageListeners, network.open.length, world.sfu.open]).toEqual([0, 0, 0, 0]);
    }),
    { numRuns: 60 },
  );
}, 60_000);
