import type { Participant, RoomLike, Topology } from '@parlor/sdk-client';
import { errorText } from '../lib/errorText.js';
import { CHAT_TOPIC, readChat } from './chat.js';
import { personOf } from './person.js';
import type { Store } from './store.js';

/** Turns the room's events into actions, for as long as the page lives. */
export const followRoom = (room: RoomLike, { dispatch }: Store): void => {
  const changed = (participant: Participant) => {
    dispatch({ type: 'personChanged', person: personOf(participant) });
  };
  const changedLast = (...args: [...unknown[], Participant]) => {
    changed(args[args.length - 1] as Participant);
  };
  const topologyChanged = (topology: Topology | undefined) => {
    dispatch({ type: 'topologyChanged', topology });
  };
  const failed = (code: string, subject?: string) => {
    dispatch({ type: 'toastAdded', tone: 'error', text: errorText(code, subject) });
  };

  room
    .on('connected', () => {
      const everyone = [room.localParticipant, ...room.remoteParticipants.values()];
      dispatch({ type: 'joined', people: everyone.map(personOf) });
      topologyChanged(room.topology);
    })
    .on('topologyChanged', topologyChanged)
    .on('connectionStateChanged', (state) => {
      dispatch({ type: 'lineChanged', offline: state === 'signalReconnecting' });
    })
    .on('reconnecting', () => {
      dispatch({ type: 'reconnecting' });
    })
    .on('reconnected', () => {
      dispatch({ type: 'reconnected' });
      // The room that was joined anew may be of the other kind.
      topologyChanged(room.topology);
    })
    .on('disconnected', ({ code }) => {
      dispatch({ type: 'ended', because: code === 'CLIENT_INITIATED' ? undefined : errorText(code) });
    })
    .on('participantConnected', (participant) => {
      // Those who were there first come with `connected`.
      if (room.state === 'connecting') return;
      dispatch({ type: 'personJoined', person: personOf(participant) });
    })
    .on('participantDisconnected', ({ identity }) => {
      dispatch({ type: 'personLeft', id: identity });
    })
    .on('participantUnreachable', ({ name }) => {
      const text = `No way to ${name} has been found: a firewall may be in between. It goes on being looked for.`;
      dispatch({ type: 'toastAdded', tone: 'error', text });
    })
    .on('participantNameChanged', changedLast)
    .on('trackPublished', changedLast)
    .on('trackUnpublished', changedLast)
    .on('trackSubscribed', changedLast)
    .on('trackUnsubscribed', changedLast)
    .on('trackMuted', changedLast)
    .on('trackUnmuted', changedLast)
    .on('trackStreamStateChanged', changedLast)
    .on('localTrackPublished', changedLast)
    .on('localTrackUnpublished', changedLast)
    .on('connectionQualityChanged', changedLast)
    .on('activeSpeakersChanged', (speakers) => {
      dispatch({ type: 'speakersChanged', ids: speakers.map(({ identity }) => identity) });
    })
    .on('audioPlaybackStatusChanged', (canPlay) => {
      dispatch({ type: 'soundBlocked', blocked: !canPlay });
    })
    .on('dataReceived', (payload, participant, topic) => {
      const text = topic === CHAT_TOPIC ? readChat(payload) : undefined;
      if (text === undefined || !participant) return;
      const { id, name } = personOf(participant);
      dispatch({
        type: 'messageAdded',
        message: { fromId: id, fromName: name, own: false, text, at: Date.now() },
      });
    })
    .on('mediaDevicesError', ({ code }, subject) => {
      if (subject === 'camera' || subject === 'microphone')
        dispatch({ type: 'deviceFailed', device: subject, code });
      // In the lobby the preview says it, with more room. Closing the browser's screen chooser is no failure.
      const cancelled = subject === 'screen' && code === 'PERMISSION_DENIED';
      if (room.state !== 'disconnected' && !cancelled) failed(code, subject);
    })
    .on('localTrackPublicationFailed', ({ source }, { code }) => {
      failed(code, source);
      changed(room.localParticipant);
    });
};
