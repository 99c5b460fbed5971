import { connections, framesDecoded, selectedCandidates } from './connections.js';
import { loseFreeCandidates } from './firewall.js';
import { Room, type RoomOptions } from '@parlor/sdk-client';

export interface RelayJoin {
  server: string;
  room: string;
  peerId: string;
  topology: NonNullable<RoomOptions['topology']>;
  /** Default: relays only. */
  iceTransportPolicy?: RTCIceTransportPolicy;
}

/** A client of ours that needs a relay. */
export interface RelayPage {
  join(options: RelayJoin): Promise<void>;
  /** The first try of each pair comes to nothing. Before `join`. */
  failFirstTry(): void;
  /** Candidates that were lost on the first try. */
  lost(): number;
  publish(): Promise<void>;
  /** Codes of why there was no media, so far. */
  failures(): string[];
  framesDecoded(): Promise<number>;
  selectedCandidates(): Promise<string[]>;
  /** What each connection may use now. */
  policies(): unknown[];
}

declare global {
  interface Window {
    relay: RelayPage;
  }
}

let current: Room | undefined;
const failures: string[] = [];
let lost = () => 0;

window.relay = {
  failFirstTry() {
    lost = loseFreeCandidates();
  },
  lost: () => lost(),
  async join({ server, topology, iceTransportPolicy = 'relay', ...options }) {
    const room = new Room({
      topology,
      videoCaptureDefaults: { resolution: { width: 320, height: 180, frameRate: 15 } },
      rtcConfiguration: { iceTransportPolicy },
    });
    current = room;
    room.on('trackSubscribed', (track) => {
      const element = track.attach();
      // One above the other: what is below the edge of the window is not received.
      element.style.cssText = 'position: fixed; top: 0; left: 0';
      document.body.append(element);
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
  policies: () => connections.map((connection) => connection.getConfiguration().iceTransportPolicy),
};
