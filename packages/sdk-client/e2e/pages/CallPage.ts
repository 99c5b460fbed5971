import {
  isParlorError,
  Room,
  type AttachOptions,
  type ConnectOptions,
  type LocalTrackPublication,
  type RemoteParticipant,
  type RemoteTrack,
  type RemoteTrackPublication,
  type RoomEvents,
  type RoomOptions,
  type TrackPublishOptions,
  type TrackSource,
} from '../../src/index.js';
import { Faults } from '../../src/testing/faults/Faults.js';
import { colourTrack, look, type Rgb } from './colours.js';
import { allStats, openChannels, openConnections, taken, type Stat } from './instrument.js';
import { Witness } from './Witness.js';
import { listen, stereoTrack, toneTrack, type Heard } from './tones.js';

/** Pictures cost, and few tests depend on their size. */
const SMALL = { width: 320, height: 180, frameRate: 15 };

/** Options that pass from the test into the page. */
export type PlainRoomOptions = Omit<
  RoomOptions,
  'reconnectPolicy' | 'logger' | 'platform' | 'driver' | 'channel' | 'rtcConfiguration'
>;

export interface Joining extends ConnectOptions {
  readonly url: string;
  readonly token?: string;
}

export interface Logged {
  readonly event: keyof RoomEvents;
  /** Identity, code, state, source: the arguments as text. */
  readonly about: readonly string[];
}

const EVENTS = [
  'connectionStateChanged',
  'connected',
  'reconnecting',
  'reconnected',
  'serverRestarting',
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
  'participantUnreachable',
  'participantReachable',
  'topologyChanged',
] as const satisfies (keyof RoomEvents)[];

function brief(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(brief).join(',');
  for (const key of ['code', 'identity', 'source'] as const) {
    if (key in value) return String((value as Record<string, unknown>)[key]);
  }
  return JSON.stringify(value);
}

/** One above the other: what is below the edge of the window is not received. */
function show(element: HTMLElement): void {
  element.style.cssText = 'position: fixed; top: 0; left: 0';
  document.body.append(element);
}

/** One room in a bare page, and what a test wants to know of it. */
export class CallPage {
  room = new Room();
  readonly faults = new Faults();
  readonly events: Logged[] = [];
  readonly taken = taken;
  witness: Witness | undefined;
  readonly #tiles = new Map<string, HTMLVideoElement>();
  #kept: { remote: readonly unknown[]; local: readonly unknown[] } = { remote: [], local: [] };

  /** Cameras are small unless `options` say otherwise. `faulty`: its connections can be broken with `faults`. */
  create({ faulty = false, ...given }: PlainRoomOptions & { faulty?: boolean } = {}): void {
    if (faulty) this.faults.install();
    const options = { videoCaptureDefaults: { resolution: SMALL }, ...given };
    this.room = new Room(faulty ? { ...options, platform: this.faults.platform } : options);
    this.events.length = 0;
    for (const event of EVENTS) {
      this.room.on(event, (...args: unknown[]) => {
        this.events.push({ event, about: args.map(brief) });
      });
    }
  }

  connect({ url, token, ...options }: Joining): Promise<void> {
    return this.room.connect(url, token, options);
  }

  /** The code with which `work` failed, or undefined. Errors lose their code on the way out of a page. */
  async codeOf(work: (room: Room) => Promise<unknown>): Promise<string | undefined> {
    try {
      await work(this.room);
      return undefined;
    } catch (error) {
      if (isParlorError(error)) return error.code;
      throw error;
    }
  }

  connectCode(joining: Joining): Promise<string | undefined> {
    return this.codeOf(() => this.connect(joining));
  }

  /** What `event` told, in order. */
  told(event: Logged['event']): string[] {
    return this.events.filter((entry) => entry.event === event).map(({ about }) => about.join(' '));
  }

  publishTone(hz: number, options: TrackPublishOptions = {}): Promise<LocalTrackPublication> {
    return this.room.localParticipant.publishTrack(toneTrack(hz), { source: 'microphone', ...options });
  }

  publishStereo(left: number, right: number): Promise<LocalTrackPublication> {
    const track = stereoTrack(left, right);
    return this.room.localParticipant.publishTrack(track, { source: 'screenAudio' });
  }

  publishColour(
    rgb: Rgb,
    { width = 320, height = 180, ...options }: { width?: number; height?: number } & TrackPublishOptions = {},
  ): Promise<LocalTrackPublication> {
    const track = colourTrack(rgb, { width, height });
    return this.room.localParticipant.publishTrack(track, { source: 'camera', ...options });
  }

  participant(identity: string): RemoteParticipant {
    const participant = this.room.remoteParticipants.get(identity);
    if (!participant) throw new Error(`${identity} is not in the room`);
    return participant;
  }

  publication(identity: string, source: TrackSource): RemoteTrackPublication | undefined {
    return this.room.remoteParticipants.get(identity)?.getTrackPublication(source);
  }

  /** Sees and hears all there is of somebody from now on. */
  watch(identity: string): void {
    const [video, audio] = [this.publication(identity, 'camera'), this.publication(identity, 'microphone')];
    if (!video?.track || !audio?.track) throw new Error(`${identity} is not received`);
    this.witness = new Witness(video.track, audio.track);
  }

  /** Shows somebody's picture in an element of this style; the same one each time. */
  tile(identity: string, style: string, options: AttachOptions = {}): void {
    const tile = this.#tiles.get(identity) ?? document.createElement('video');
    this.#tiles.set(identity, tile);
    tile.style.cssText = style;
    if (!tile.isConnected) document.body.append(tile);
    this.publication(identity, 'camera')?.track?.attach(tile, options);
  }

  /** The loudest tone on somebody's track. */
  heard(identity: string, source: TrackSource = 'microphone'): Heard {
    const track = this.#shown(identity, source);
    return track?.mediaStreamTrack ? listen(track.mediaStreamTrack) : { hz: 0, level: -200 };
  }

  /** The loudest tones on the left and on the right of the sound of somebody's screen. */
  heardSides(identity: string): number[] {
    const media = this.#shown(identity, 'screenAudio')?.mediaStreamTrack;
    return media ? ([0, 1] as const).map((side) => listen(media, side).hz) : [];
  }

  /** The colour of somebody's picture. */
  seen(identity: string, source: TrackSource = 'camera'): Rgb {
    const element = this.#shown(identity, source)?.attachedElements[0];
    return element instanceof HTMLVideoElement ? look(element) : [0, 0, 0];
  }

  /** Frames of somebody's picture decoded so far; 0 after a reconnect. */
  async frames(identity: string, source: TrackSource = 'camera'): Promise<number> {
    const stats = await this.publication(identity, source)?.getStats();
    return stats?.frames ?? 0;
  }

  async frameWidth(identity: string): Promise<number> {
    const stats = await this.publication(identity, 'camera')?.getStats();
    return stats?.frameWidth ?? 0;
  }

  /** Sound energy received from somebody so far. */
  async energy(identity: string, source: TrackSource = 'microphone'): Promise<number> {
    // Sound that nobody plays is not decoded.
    this.#shown(identity, source);
    const stats = await this.publication(identity, source)?.getStats();
    return stats?.totalAudioEnergy ?? 0;
  }

  stats(): Promise<Stat[]> {
    return allStats();
  }

  /** What each stream is sent with: its codec and the parameters of it (RFC 8866 §6.15). */
  async sentWith(): Promise<{ codec: unknown; parameters: string[] }[]> {
    const stats = await allStats();
    return stats
      .filter(({ type }) => type === 'outbound-rtp')
      .map((stream) => stats.find(({ id }) => id === stream['codecId']))
      .map((codec) => ({
        codec: codec?.['mimeType'],
        parameters: String(codec?.['sdpFmtpLine'] ?? '').split(';'),
      }));
  }

  /** Transport protocol of each selected candidate pair, by the browser's own word. */
  async protocols(): Promise<unknown[]> {
    const stats = await allStats();
    const find = (id: unknown) => stats.find((stat) => stat.id === id);
    return stats
      .filter((stat) => stat.type === 'transport' && stat['selectedCandidatePairId'] !== undefined)
      .map(
        (transport) => find(find(transport['selectedCandidatePairId'])?.['localCandidateId'])?.['protocol'],
      );
  }

  /** A picture that is not published. */
  colour(rgb: Rgb): MediaStreamTrack {
    return colourTrack(rgb, { width: 320, height: 180 });
  }

  connectionStates(): RTCPeerConnectionState[] {
    return openConnections().map(({ connectionState }) => connectionState);
  }

  /** Of all data channels together. */
  async messagesOnChannels(): Promise<{ sent: number; received: number }> {
    const channels = (await allStats()).filter(({ type }) => type === 'data-channel');
    const sum = (key: string) => channels.reduce((total, channel) => total + Number(channel[key]), 0);
    return { sent: sum('messagesSent'), received: sum('messagesReceived') };
  }

  /** Past the SDK, to everybody whom there is a channel to. */
  sendRaw(text: string): number {
    const channels = openChannels();
    for (const channel of channels) channel.send(text);
    return channels.length;
  }

  /** Kinds of both ends of each selected candidate pair. */
  async paths(): Promise<{ local: unknown; remote: unknown; remotePort: unknown }[]> {
    const stats = await allStats();
    const find = (id: unknown) => stats.find((stat) => stat.id === id);
    return stats
      .filter((stat) => stat.type === 'transport')
      .map((transport) => find(transport['selectedCandidatePairId']))
      .map((pair) => [find(pair?.['localCandidateId']), find(pair?.['remoteCandidateId'])] as const)
      .map(([local, remote]) => ({
        local: local?.['candidateType'],
        remote: remote?.['candidateType'],
        remotePort: remote?.['port'],
      }));
  }

  /** Encodings of each video sender. */
  encodings(): number[] {
    return openConnections()
      .flatMap((connection) => connection.getSenders())
      .filter(({ track }) => track?.kind === 'video')
      .map((sender) => sender.getParameters().encodings.length);
  }

  /** Remembers the objects that an app would hold. */
  keep(): void {
    this.#kept = { remote: this.#remoteObjects(), local: this.#localObjects() };
  }

  /** Whether an app's objects are still the room's. */
  get kept(): { remote: boolean; local: boolean } {
    const equal = (before: readonly unknown[], now: readonly unknown[]) =>
      before.length > 0 &&
      before.length === now.length &&
      before.every((object, index) => object === now[index]);
    return {
      remote: equal(this.#kept.remote, this.#remoteObjects()),
      local: equal(this.#kept.local, this.#localObjects()),
    };
  }

  #remoteObjects(): unknown[] {
    return [...this.room.remoteParticipants.values()].flatMap((participant) => [
      participant,
      ...[...participant.trackPublications.values()].flatMap((publication) => [
        publication,
        publication.track,
      ]),
    ]);
  }

  #localObjects(): unknown[] {
    const { localParticipant } = this.room;
    return [
      localParticipant,
      ...[...localParticipant.trackPublications.values()].flatMap((publication) => [
        publication,
        publication.track,
        publication.track.mediaStreamTrack,
      ]),
    ];
  }

  #shown(identity: string, source: TrackSource): RemoteTrack | undefined {
    const track = this.publication(identity, source)?.track;
    if (track?.attachedElements.length === 0) show(track.attach());
    return track;
  }
}
