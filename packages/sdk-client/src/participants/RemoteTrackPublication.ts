import type { Decision } from '../adaptive/decideLayers.js';
import type { WantedLayers } from '../drivers/MediaDriver.js';
import { ParlorError } from '../errors.js';
import type { ProducerState } from '../session/state.js';
import type { TrackStats } from '../stats/types.js';
import type { RemoteTrack } from '../tracks/RemoteTrack.js';
import type * as api from '../types.js';

/** What a publication asks of the room. */
export interface SubscriptionControl {
  desiredChanged(publication: RemoteTrackPublication): void;
  setReceiving(publication: RemoteTrackPublication): Promise<void>;
  setLayers(publication: RemoteTrackPublication): Promise<void>;
  setPinned(publication: RemoteTrackPublication, pinned: boolean): Promise<void>;
  getStats(producerId: string): Promise<TrackStats | undefined>;
}

/** What suits the elements that show a video. */
export interface Adapted extends Decision {
  /** Undefined: nothing else than the full size has been wanted as yet. */
  readonly layers: WantedLayers | undefined;
}

const LAYER = { low: 0, medium: 1, high: 2 } as const;

/** Somebody's published track, received or not. */
export class RemoteTrackPublication implements api.RemoteTrackPublication {
  readonly id: string;
  readonly kind: api.TrackKind;
  readonly source: api.TrackSource;
  track: RemoteTrack | undefined;
  holdReason: api.HoldReason | undefined;
  isPinned = false;
  /** Undefined as long as it is not shown, or follows no elements. */
  adapted: Adapted | undefined;
  #producer: ProducerState;
  #desired: boolean;
  #enabled = true;
  #layers: api.VideoLayers | undefined;

  constructor(
    producer: ProducerState,
    desired: boolean,
    private readonly control: SubscriptionControl,
  ) {
    this.id = producer.producerId;
    this.kind = producer.kind;
    this.source = producer.source;
    this.#producer = producer;
    this.#desired = desired;
  }

  /** As the server knows it now. */
  get producer(): ProducerState {
    return this.#producer;
  }

  set producer(producer: ProducerState) {
    this.#producer = producer;
  }

  get name(): string | undefined {
    return this.#producer.name;
  }

  get isMuted(): boolean {
    return this.#producer.paused;
  }

  get streamState(): api.StreamState {
    return this.holdReason ? 'paused' : 'active';
  }

  get isSubscribed(): boolean {
    return this.track !== undefined;
  }

  get isDesired(): boolean {
    return this.#desired;
  }

  get isEnabled(): boolean {
    return this.#enabled;
  }

  /** By the app and by what can be seen: of what is held nothing can be, and its place is not to be given up for that. */
  get isReceiving(): boolean {
    return this.#enabled && (this.holdReason !== undefined || (this.adapted?.receiving ?? true));
  }

  /** The app's, or else what suits the elements. */
  get layers(): WantedLayers | undefined {
    return this.#layers ?? this.adapted?.layers;
  }

  setPinned(pinned: boolean): Promise<void> {
    this.isPinned = pinned;
    return this.control.setPinned(this, pinned);
  }

  setSubscribed(subscribed: boolean): void {
    if (subscribed === this.#desired) return;
    this.#desired = subscribed;
    this.control.desiredChanged(this);
  }

  async setEnabled(enabled: boolean): Promise<void> {
    if (enabled === this.#enabled) return;
    this.#enabled = enabled;
    await this.control.setReceiving(this);
  }

  async setPreferredLayers(layers: api.VideoLayers | undefined): Promise<void> {
    if (this.kind !== 'video') throw new ParlorError('UNSUPPORTED_MEDIA', 'Only video has layers.');
    this.#layers = layers;
    await this.control.setLayers(this);
  }

  setVideoQuality(quality: api.VideoQuality | undefined): Promise<void> {
    return this.setPreferredLayers(quality && { spatialLayer: LAYER[quality] });
  }

  getStats(): Promise<TrackStats | undefined> {
    return this.control.getStats(this.#producer.producerId);
  }
}
