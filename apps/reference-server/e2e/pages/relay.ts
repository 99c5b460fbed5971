import { framesDecoded, selectedCandidates } from './connections.js';
import { Room, type RoomOptions } from '@parlor/sdk-client';

export interface RelayJoin {
  server: string;
  room: string;
  peerId: string;
  topology: NonNullable<RoomOptions['topology']>;
}

/** A client of ours that may use relays only. */
export interface RelayPage {
  join(options: RelayJoin): Promise<void>;
  publish(): Promise<void>;
  /** Codes of why there was no media, so far. */
  failures(): string[];
  framesDecoded(): Promise<number>;
  selectedCandidates(): Promise<string[]>;
}

declare global {
  interface Window {
    relay: RelayPage;
  }
}

let current: Room | undefined;
const failures: string[] = [];

window.relay = {
  async join({ server, topology, ...options }) {
    const room = new Room({
      topology,
      videoCaptureDefaults: { resolution: { width: 320, height: 180, frameRate: 15 } },
      rtcConfiguration: { iceTransportPolicy: 'relay' },
    });
    current = room;
    room.on('trackSubscribed', (track) => {
      document.body.append(track.attach());
    });
    room.on('reconnecting', ({ code }) => failures.push(code));
    room.on('participantUnreachable', (_participant, { cause }) => {
      failures.push(cause instanceof Error && 'code' in cause ? String(cause.code) : 'no cause');
    });
    await room.connect(server, undefined, options);
  },
  async publish() {
    await current?.localParticipant.enableCameraAndMicrophone();
  },
  failures: () => failures,
  framesDecoded,
  selectedCandidates,
};
