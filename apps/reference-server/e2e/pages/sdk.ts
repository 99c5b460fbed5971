import { messageBytes, selectedPairs, type SelectedPair } from './connections.js';
import { toneTrack } from '../../../../packages/sdk-client/e2e/pages/tones.js';
import { Room, type RoomOptions, type TrackStats } from '@parlor/sdk-client';

export interface SdkJoin {
  room: string;
  peerId: string;
  token?: string;
  topology?: NonNullable<RoomOptions['topology']>;
}

/** A client of ours, for the same rooms. */
export interface SdkPage {
  join(server: string, options: SdkJoin): Promise<void>;
  publish(): Promise<void>;
  /** `<participant> <source>` of what is being received. */
  receives(): string[];
  /** A loud tone. */
  publishTone(): Promise<void>;
  /** Identities of those who speak now. */
  speakers(): string[];
  setCameraEnabled(enabled: boolean): Promise<void>;
  /** What may be lost, to everybody. */
  say(payload: string): Promise<void>;
  /** `<participant> <payload>` of what was said, in order. */
  heard(): string[];
  /** Bytes of what came from browser to browser. */
  messageBytes(): Promise<number>;
  leave(): Promise<void>;
  /** Of the first stream received. */
  received(kind: string): Promise<TrackStats | undefined>;
  /** Of each connection that is open. */
  selectedPairs(): Promise<SelectedPair[]>;
}

declare global {
  interface Window {
    sdk: SdkPage;
  }
}

let current: Room | undefined;
const heard: string[] = [];
function joined(): Room {
  if (!current) throw new Error('not joined');
  return current;
}

window.sdk = {
  async join(server, { topology = 'sfu', token, ...options }) {
    const room = new Room({
      topology,
      videoCaptureDefaults: { resolution: { width: 320, height: 180, frameRate: 15 } },
    });
    current = room;
    room.on('trackSubscribed', (track) => {
      const element = track.attach();
      // One above the other: what is below the edge of the window is not received.
      element.style.cssText = 'position: fixed; top: 0; left: 0';
      document.body.append(element);
    });
    room.on('dataReceived', (payload, participant) => {
      heard.push(`${String(participant?.identity)} ${String(payload)}`);
    });
    room.on('trackUnsubscribed', (track) => {
      for (const element of track.detach()) element.remove();
    });
    await room.connect(server, token, options);
  },
  publish: () => joined().localParticipant.enableCameraAndMicrophone(),
  receives: () =>
    [...joined().remoteParticipants.values()].flatMap(({ identity, trackPublications }) =>
      [...trackPublications.values()]
        .filter(({ isSubscribed }) => isSubscribed)
        .map(({ kind }) => `${identity} ${kind}`)
        .sort(),
    ),
  async publishTone() {
    await joined().localParticipant.publishTrack(toneTrack(600), { source: 'screenAudio' });
  },
  speakers: () => joined().activeSpeakers.map(({ identity }) => identity),
  async setCameraEnabled(enabled) {
    await joined().localParticipant.setCameraEnabled(enabled);
  },
  say: (payload) => joined().localParticipant.sendMessage(payload, { reliable: false }),
  heard: () => heard,
  messageBytes,
  leave: () => joined().disconnect(),
  async received(kind) {
    const { tracks } = await joined().getStats();
    return tracks.find((track) => track.direction === 'recv' && track.kind === kind);
  },
  selectedPairs,
};
