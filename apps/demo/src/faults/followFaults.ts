import type { Participant, RoomLike } from '@parlor/sdk-client';
import type { LogKind } from './eventLog.js';

export interface RoomNews {
  readonly kind: LogKind;
  readonly event: string;
  readonly text: string;
}

const called = ({ name, identity, isLocal }: Participant): string =>
  isLocal ? 'you' : name === '' ? identity : name;

/** Tells of everything that happens to the connections of `room`. */
export const followFaults = (room: RoomLike, tell: (news: RoomNews) => void): void => {
  const connection = (event: string, text: string) => {
    tell({ kind: 'connection', event, text });
  };
  const repair = (event: string, text: string) => {
    tell({ kind: 'repair', event, text });
  };
  room
    .on('connectionStateChanged', (state) => {
      connection('connectionStateChanged', state);
    })
    .on('reconnecting', ({ code, message }) => {
      connection('reconnecting', `${code}: ${message}`);
    })
    .on('reconnected', () => {
      connection('reconnected', 'everything is as it was');
    })
    .on('disconnected', ({ code }) => {
      connection('disconnected', code);
    })
    .on('serverRestarting', (after) => {
      connection('serverRestarting', after === undefined ? 'soon' : `within ${String(after)} ms`);
    })
    .on('participantDisconnected', (participant, reason) => {
      connection('participantDisconnected', `${called(participant)}: ${reason}`);
    })
    .on('topologyChanged', (topology, reason) => {
      tell({ kind: 'topology', event: 'topologyChanged', text: `${topology}, ${reason}` });
    })
    .on('connectionQualityChanged', (quality, participant) => {
      tell({
        kind: 'quality',
        event: 'connectionQualityChanged',
        text: `${called(participant)}: ${quality}`,
      });
    })
    .on('mediaRepair', ({ direction, step, reason }, participant) => {
      const whose = participant ? `, ${called(participant)}` : '';
      repair('mediaRepair', `${step} (${direction}, ${reason}${whose})`);
    })
    .on('participantUnreachable', (participant, { code }) => {
      repair('participantUnreachable', `${called(participant)}: ${code}`);
    })
    .on('participantReachable', (participant) => {
      repair('participantReachable', called(participant));
    });
};
