import type { Grants } from '../types.js';
import type { LiveCall } from './LiveCall.js';
import type { CallLink, CallUpdate, LineOptions } from './types.js';

/** One device of a user who can call and be called. */
export class Line {
  readonly key: string;
  readonly userId: string;
  readonly calls = new Set<LiveCall>();
  displayName: string;
  grants: Grants;
  /** As `Place.region`. */
  region: string | undefined;
  /** What rings there waits for it as well. */
  resumable = false;
  /** Undefined while the connection is lost and its calls wait for it to come back. */
  link: CallLink | undefined;
  /** Ends the wait. */
  stopGrace: (() => void) | undefined;

  constructor({ userId, deviceId, displayName, grants, region }: LineOptions) {
    this.key = Line.keyOf(userId, deviceId);
    this.userId = userId;
    this.displayName = displayName;
    this.grants = grants;
    this.region = region;
  }

  /** Two devices of two users may have chosen the same id. */
  static keyOf(userId: string, deviceId: string): string {
    return JSON.stringify([userId, deviceId]);
  }

  send(update: CallUpdate): void {
    this.link?.send(update);
  }
}
