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

/** The data of other updates is the same for every receiver: written once, however many there are. */
const written = new WeakMap<RoomUpdate, { method: string; fields: string }>();

/** The wire text of a room's update as the `seq`-th notification of a session. */
export function updateText(update: RoomUpdate, seq: number): string {
  if (update.type === 'signal') return frame('signal', signalFields(update), seq);
  if (isForOne(update)) {
    const { method, data } = notificationOf(update);
    return notificationText(method, data, seq);
  }
  let text = written.get(update);
  if (!text) {
    const { method, data } = notificationOf(update);
    text = { method, fields: fieldsOf(data) };
    written.set(update, text);
  }
  return frame(text.method, text.fields, seq);
}

/** The wire text of a notification that is meant for one session. */
export function notificationText(method: ProtooNotificationMethod, data: object, seq: number): string {
  return frame(method, fieldsOf(data), seq);
}

/** The members of an object as JSON, with the closing brace and without the opening one. */
const fieldsOf = (data: object): string => JSON.stringify(data).slice(1);

/** Joined, because a string that was added up would be copied twice more on its way to the socket. */
const frame = (method: string, fields: string, seq: number): string =>
  [
    `{"notification":true,"method":"${method}","data":{"seq":${String(seq)}${fields === '}' ? '' : ','}`,
    fields,
    '}',
  ].join('');
