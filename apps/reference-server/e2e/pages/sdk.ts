import { Room, type TrackStats } from '@parlor/sdk-client';

/** A client of ours, for the same rooms. */
export interface SdkPage {
  join(server: string, options: { room: string; peerId: string }): Promise<void>;
  publish(): Promise<void>;
  /** `<participant> <source>` of what is being received. */
  receives(): string[];
  leave(): Promise<void>;
  /** Of the first stream received. */
  received(kind: string): Promise<TrackStats | undefined>;
}

declare global {
  interface Window {
    sdk: SdkPage;
  }
}

const room = new Room({ videoCaptureDefaults: { resolution: { width: 320, height: 180, frameRate: 15 } } });
room.on('trackSubscribed', (track) => {
  document.body.append(track.attach());
});
room.on('trackUnsubscribed', (track) => {
  for (const element of track.detach()) element.remove();
});

window.sdk = {
  join: (server, options) => room.connect(server, undefined, options),
  publish: () => room.localParticipant.enableCameraAndMicrophone(),
  receives: () =>
    [...room.remoteParticipants.values()].flatMap(({ identity, trackPublications }) =>
      [...trackPublications.values()]
        .filter(({ isSubscribed }) => isSubscribed)
        .map(({ kind }) => `${identity} ${kind}`)
        .sort(),
    ),
  leave: () => room.disconnect(),
  async received(kind) {
    const { tracks } = await room.getStats();
    return tracks.find((track) => track.direction === 'recv' && track.kind === kind);
  },
};
