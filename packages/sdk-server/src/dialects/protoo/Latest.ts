import type { RoomUpdate } from '../../core/updates.js';

/** Updates of which only the last about the same thing matters, kept until the client can take them. */
export class Latest {
  #updates = new Map<string, RoomUpdate>();

  keep(subject: string, update: RoomUpdate): void {
    // Behind those that were said later.
    this.#updates.delete(subject);
    this.#updates.set(subject, update);
  }

  /** What an update ends is not worth telling of any more. */
  forgetBy(update: RoomUpdate): void {
    if (update.type === 'consumerClosed') forget(this.#updates, update.consumerId);
    if (update.type === 'producerClosed') forget(this.#updates, update.producerId);
  }

  take(): RoomUpdate[] {
    const updates = [...this.#updates.values()];
    this.#updates = new Map();
    return updates;
  }
}

function forget(updates: Map<string, RoomUpdate>, id: string): void {
  for (const type of ['producerScore', 'consumerScore', 'consumerLayersChanged'])
    updates.delete(`${type} ${id}`);
}

/** What a later update of the same kind makes worthless; undefined: each one counts. */
export function subjectOf(update: RoomUpdate): string | undefined {
  switch (update.type) {
    case 'activeSpeakers':
      return update.type;
    case 'producerScore':
      return `${update.type} ${update.producerId}`;
    case 'consumerScore':
    case 'consumerLayersChanged':
      return `${update.type} ${update.consumerId}`;
    default:
      return undefined;
  }
}
