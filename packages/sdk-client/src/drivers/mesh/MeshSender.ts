import { ParlorError } from '../../errors.js';
import { appDataOf } from '../appData.js';
import type { DriverContext, PublishRequest } from '../MediaDriver.js';
import { wantedBitrate } from './bitrates.js';
import type { Outgoing } from './MeshLink.js';
import type { MeshPeers } from './MeshPeers.js';
import type { OwnAudio } from './OwnLevels.js';
import { limitCopies } from './uplink.js';
import type { WireProduced } from './wire.js';

/** What this page publishes: a copy to everybody who wants it. */
export class MeshSender {
  #closed = false;

  constructor(
    private readonly context: DriverContext,
    private readonly peers: MeshPeers,
    /** Shared with the peers, who look into it. */
    private readonly outgoing: Map<string, Outgoing>,
  ) {}

  async publish(request: PublishRequest): Promise<string> {
    const producerId = request.producerId ?? (await this.#announce(request));
    if (this.#closed) throw new ParlorError('NOT_CONNECTED', 'The media path was closed meanwhile.');
    this.outgoing.set(producerId, { ...request, wantedBitrate: wantedBitrate(request) });
    this.peers.update();
    return producerId;
  }

  async unpublish(producerId: string): Promise<void> {
    this.#get(producerId);
    this.lost(producerId);
    await this.context.request('closeProducer', { producerId });
  }

  has(producerId: string): boolean {
    return this.outgoing.has(producerId);
  }

  /** It is no more. */
  lost(producerId: string): void {
    if (this.outgoing.delete(producerId)) this.peers.update();
  }

  async replaceTrack(producerId: string, mediaStreamTrack: MediaStreamTrack): Promise<void> {
    const request = { ...this.#get(producerId), mediaStreamTrack };
    this.outgoing.set(producerId, { ...request, wantedBitrate: wantedBitrate(request) });
    await this.#feed(producerId);
  }

  async setMuted(producerId: string, muted: boolean): Promise<void> {
    this.outgoing.set(producerId, { ...this.#get(producerId), muted });
    await Promise.all([
      this.#feed(producerId),
      this.context.request(muted ? 'pauseProducer' : 'resumeProducer', { producerId }),
    ]);
  }

  /** Shares the uplink out anew. */
  share(): void {
    limitCopies([...this.peers.links().values()], this.outgoing, this.context.uplinkBitrate);
  }

  /** What of this can be heard by somebody now. */
  audio(): OwnAudio[] {
    const links = [...this.peers.links().values()];
    return [...this.outgoing].flatMap(([producerId, { kind, muted, mediaStreamTrack }]) => {
      const copies = links.map((link) => link.sender(producerId));
      const sender = copies.find((each) => each !== undefined);
      return kind === 'audio' && !muted && sender ? [{ producerId, mediaStreamTrack, sender }] : [];
    });
  }

  close(): void {
    this.#closed = true;
    this.outgoing.clear();
  }

  async #announce(request: PublishRequest): Promise<string> {
    const { kind, muted, formerId } = request;
    const appData = appDataOf(request);
    const answer = await this.context.request('produce', { kind, appData, paused: muted, formerId });
    return (answer as WireProduced).producerId;
  }

  /** Brings the media of a publication to everybody who gets it. */
  async #feed(producerId: string): Promise<void> {
    const { muted, mediaStreamTrack } = this.#get(producerId);
    const media = muted ? null : mediaStreamTrack;
    const links = [...this.peers.links().values()];
    await Promise.all(links.map((link) => link.setMedia(producerId, media)));
    this.share();
  }

  /** @throws ParlorError `TRACK_NOT_PUBLISHED` */
  #get(producerId: string): Outgoing {
    const outgoing = this.outgoing.get(producerId);
    if (outgoing) return outgoing;
    throw new ParlorError('TRACK_NOT_PUBLISHED', 'This track is not published any more.');
  }
}
