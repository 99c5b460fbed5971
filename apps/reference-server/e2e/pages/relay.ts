import { framesDecoded, selectedCandidates } from './connections.js';
import { Room } from '@parlor/sdk-client';

/** A client of ours that may use relays only. */
export interface RelayPage {
  join(server: string, options: { room: string; peerId: string }): Promise<void>;
  publish(): Promise<void>;
  /** Codes of why the connection was lost, so far. */
  lost(): string[];
  framesDecoded(): Promise<number>;
  selectedCandidates(): Promise<string[]>;
}

declare global {
  interface Window {
    relay: RelayPage;
  }
}

const room = new Room({
  videoCaptureDefaults: { resolution: { width: 320, height: 180, frameRate: 15 } },
  rtcConfiguration: { iceTransportPolicy: 'relay' },
});
room.on('trackSubscribed', (track) => {
  document.body.append(track.attach());
});

const lost: string[] = [];
room.on('reconnecting', ({ code }) => lost.push(code));

window.relay = {
  join: (server, options) => room.connect(server, undefined, options),
  publish: () => room.localParticipant.enableCameraAndMicrophone(),
  lost: () => lost,
  framesDecoded,
  selectedCandidates,
};
