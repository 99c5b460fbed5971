import type { Participant, Track, TrackSource } from '@parlor/sdk-client';
import type { Person } from './callState.js';

/** Nobody is nameless on the screen. */
const nameOf = ({ name, identity }: Participant): string =>
  name === '' ? `Guest ${identity.slice(0, 4)}` : name;

/** The track of a source, unless its owner has switched it off, or the server does not forward it now. */
const live = (participant: Participant, source: TrackSource): Track | undefined => {
  const publication = participant.getTrackPublication(source);
  if (!publication || publication.isMuted) return undefined;
  return 'holdReason' in publication && publication.holdReason ? undefined : publication.track;
};

/** What there is to show of a participant now. */
export const personOf = (participant: Participant): Person => ({
  id: participant.identity,
  name: nameOf(participant),
  isLocal: participant.isLocal,
  micOn: participant.isMicrophoneEnabled,
  quality: participant.connectionQuality,
  camera: live(participant, 'camera'),
  screen: live(participant, 'screen'),
  // Sound stays attached while muted: a new element would have to pass the autoplay policy again.
  microphone: participant.getTrackPublication('microphone')?.track,
  screenAudio: participant.getTrackPublication('screenAudio')?.track,
});
