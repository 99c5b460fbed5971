import type { LinkEnd, PeerLink } from '../../core/ports.js';
import type { RoomUpdate } from '../../core/updates.js';
import { notificationOf } from '../protoo/notifications.js';
import type { EventLog } from './EventLog.js';

/** What is worth nothing a second later. */
const PASSING: ReadonlySet<RoomUpdate['type']> = new Set([
  'producerScore',
  'consumerScore',
  'consumerLayersChanged',
  'activeSpeakers',
]);

/** A user of the REST dialect as the room sees them: what happens becomes events, whether somebody listens or not. */
export class RtcLink implements PeerLink {
  readonly dialect = 'rtcRest';
  readonly log: EventLog;
  /** Why the server ended it. */
  ended: LinkEnd | undefined;

  constructor(log: EventLog) {
    this.log = log;
  }

  send(update: RoomUpdate): void {
    // Of browsers that connect to each other, which is nothing for this one.
    if (update.type === 'signal') return;
    const { method, data } = notificationOf(update);
    if (PASSING.has(update.type)) this.log.mention(method, data);
    else this.log.append(method, data);
  }

  end(end: LinkEnd): void {
    this.ended = end;
  }
}
