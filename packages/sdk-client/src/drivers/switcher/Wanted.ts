import { deferred, type Deferred } from '../../deferred.js';
import type { RemoteProducer, SubscribeResult, WantedLayers } from '../MediaDriver.js';
import type { Path } from './Path.js';

/** Somebody's track that this page wants to receive, by whichever path. */
export class Wanted {
  paused: boolean;
  receiving = true;
  layers: WantedLayers | undefined;
  /** Whose media the app has now. */
  active: Path | undefined;
  /** By which the room does not forward it now. */
  heldBy: Path | undefined;
  readonly #answer: Deferred<SubscribeResult> = deferred();
  #answered = false;

  constructor(readonly producer: RemoteProducer) {
    this.paused = producer.paused;
  }

  get id(): string {
    return this.producer.producerId;
  }

  /** To who has subscribed. */
  get answer(): Promise<SubscribeResult> {
    return this.#answer.promise;
  }

  get isAnswered(): boolean {
    return this.#answered;
  }

  /** Nothing flows that could be waited for. */
  get isSilent(): boolean {
    return this.paused || !this.receiving || this.heldBy !== undefined;
  }

  settle(result: SubscribeResult): void {
    this.#answered = true;
    this.#answer.resolve(result);
  }
}
