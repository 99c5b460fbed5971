import type { ProtooNotificationMethod, ProtooNotifications } from '@parlor/protocol';
import type { RoomUpdate } from '../../core/updates.js';
import { consumerInfo } from './consumerInfo.js';
import { signalFields } from './signals.js';

export type Notification = {
  [M in ProtooNotificationMethod]: { method: M; data: ProtooNotifications[M] };
}[ProtooNotificationMethod];

/** An update of a room in the words of the native protocol, which other dialects share. */
export function notificationOf(update: RoomUpdate): Notification {
  switch (update.type) {
    case 'peerJoined': {
      const { id: peerId, ...peer } = update.peer;
      return { method: 'peerJoined', data: { peerId, ...peer } };
    }
    case 'newProducer': {
      const { producer, consumer, held } = update;
      return {
        method: 'newProducer',
        data: { ...producer, ...(consumer && { consumer: consumerInfo(consumer) }), ...(held && { held }) },
      };
    }
    case 'producerMoved': {
      const { producerId, peerId, consumer, held } = update;
      const offered = { ...(consumer && { consumer: consumerInfo(consumer) }), ...(held && { held }) };
      return { method: 'producerMoved', data: { producerId, peerId, ...offered } };
    }
    case 'newConsumer':
      return { method: 'newConsumer', data: { consumer: consumerInfo(update.consumer) } };
    case 'consumerLayersChanged': {
      const { consumerId, layers } = update;
      return {
        method: 'consumerLayersChanged',
        data: {
          consumerId,
          ...(layers && { spatialLayer: layers.spatialLayer }),
          ...(layers?.temporalLayer !== undefined && { temporalLayer: layers.temporalLayer }),
        },
      };
    }
    case 'signal':
      return { method: 'signal', data: { from: update.from, ...update.signal } };
    case 'message': {
      const { from, topic, payload } = update;
      return { method: 'message', data: { ...(from !== undefined && { from }), topic, payload } };
    }
    default: {
      const { type: method, ...data } = update;
      return { method, data } as Notification;
    }
  }
}

/** Updates for one receiver: there is nothing to keep. */
const isForOne = (update: RoomUpdate): boolean =>
  update.type === 'consumerScore' ||
  update.type === 'producerDemand' ||
  update.type === 'consumerLayersChanged' ||
  update.type === 'newConsumer' ||
  ((update.type === 'newProducer' || update.type === 'producerMoved') &&
    (update.consumer ?? update.held) !== undefined);

/** A notification but for its number, which each session gives it. */
export interface Words {
  readonly method: ProtooNotificationMethod;
  /** Members of its data as JSON, with the closing brace and without the opening one. */
  readonly fields: string;
  readonly isAscii: boolean;
}

const toWords = (method: ProtooNotificationMethod, fields: string): Words => ({
  method,
  fields,
  isAscii: Buffer.byteLength(fields) === fields.length,
});

/** The data of other updates is the same for every receiver: written once, and kept once, however many there are. */
const written = new WeakMap<RoomUpdate, Words>();

/** A room's update in words that all its receivers share. */
export function wordsOf(update: RoomUpdate): Words {
  if (update.type === 'signal') return toWords('signal', signalFields(update));
  if (isForOne(update)) return wordsFrom(notificationOf(update));
  let words = written.get(update);
  if (!words) written.set(update, (words = wordsFrom(notificationOf(update))));
  return words;
}

/** A notification that is meant for one session. */
export const wordsFrom = ({ method, data }: { method: ProtooNotificationMethod; data: object }): Words =>
  toWords(method, JSON.stringify(data).slice(1));

/** The wire text of the `seq`-th notification of a session. */
export const numbered = ({ method, fields }: Words, seq: number): string =>
  `{"notification":true,"method":"${method}","data":{"seq":${String(seq)}${fields === '}' ? '' : ','}${fields}}`;
