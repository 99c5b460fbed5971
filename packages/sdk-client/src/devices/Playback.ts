import { Emitter } from '../emitter.js';
import { ParlorError } from '../errors.js';
import type { Logger } from '../logger.js';

interface PlaybackEvents {
  /** Whether sound may play. */
  changed: [canPlay: boolean];
}

/** Elements with remote sound: starting them, the browser's autoplay block, the chosen speaker. */
export class Playback extends Emitter<PlaybackEvents> {
  readonly #elements = new Set<HTMLMediaElement>();
  readonly #blocked = new Set<HTMLMediaElement>();
  #output = '';
  #canPlay = true;

  constructor(private readonly logger: Logger) {
    super();
  }

  get canPlay(): boolean {
    return this.#canPlay;
  }

  get size(): number {
    return this.#elements.size;
  }

  /** Starts `element`. A block by the autoplay policy (HTML §4.8.11.8) becomes an event, no error. */
  add(element: HTMLMediaElement): void {
    this.#elements.add(element);
    if (this.#output !== '')
      void this.#route(element).catch((error: unknown) => this.logger.warn('setSinkId', error));
    void this.#play(element);
  }

  remove(element: HTMLMediaElement): void {
    this.#elements.delete(element);
    this.#blocked.delete(element);
    this.#update();
  }

  /** Call it while the user clicks. @throws ParlorError `PLAYBACK_BLOCKED` when that did not help */
  async start(): Promise<void> {
    await Promise.all([...this.#elements].map((element) => this.#play(element)));
    if (this.#canPlay) return;
    throw new ParlorError(
      'PLAYBACK_BLOCKED',
      'The browser still blocks sound. Call startAudio() in a click handler.',
    );
  }

  /** @throws ParlorError `OUTPUT_SELECTION_UNSUPPORTED`, `DEVICE_NOT_FOUND`, `PERMISSION_DENIED` */
  async setOutput(deviceId: string): Promise<void> {
    this.#output = deviceId === 'default' ? '' : deviceId;
    await Promise.all([...this.#elements].map((element) => this.#route(element)));
  }

  clear(): void {
    this.#elements.clear();
    this.#blocked.clear();
    this.#update();
  }

  async #play(element: HTMLMediaElement): Promise<void> {
    try {
      await element.play();
      this.#blocked.delete(element);
    } catch (error) {
      // Anything else (AbortError: the element was detached meanwhile) is no matter of permission.
      const blocked = error instanceof Error && error.name === 'NotAllowedError';
      if (blocked && this.#elements.has(element)) this.#blocked.add(element);
      else this.logger.debug('play', error);
    }
    this.#update();
  }

  async #route(element: HTMLMediaElement): Promise<void> {
    if (typeof (element.setSinkId as unknown) !== 'function') {
      throw new ParlorError(
        'OUTPUT_SELECTION_UNSUPPORTED',
        'This browser plays through the system’s speaker only.',
      );
    }
    try {
      await element.setSinkId(this.#output);
    } catch (cause) {
      const denied = cause instanceof Error && cause.name === 'NotAllowedError';
      throw denied
        ? new ParlorError('PERMISSION_DENIED', 'The page may not choose this speaker.', { cause })
        : new ParlorError('DEVICE_NOT_FOUND', 'The chosen speaker is not there.', { cause });
    }
  }

  #update(): void {
    const canPlay = this.#blocked.size === 0;
    if (canPlay === this.#canPlay) return;
    this.#canPlay = canPlay;
    this.emit('changed', canPlay);
  }
}
