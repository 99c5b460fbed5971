/**
 * The page around the document's example: what the example takes for granted (a login, a place for each video), and
 * what a test wants to know of it.
 */

export interface Reception {
  state: RTCPeerConnectionState;
  frames: number;
  energy: number;
  /** Width of the picture by its height, to one digit; 0: no picture yet. */
  shape: number;
}

export interface ExamplePage {
  /** `sent offer p_1`, `got answer p_2` */
  readonly signals: string[];
  /** Codes of errors that the server sent. */
  readonly errors: string[];
  /** What is being received, by participant. */
  receives(): Promise<Record<string, Reception>>;
}

declare global {
  interface Window {
    accessToken: string;
    getToken: () => string;
    connectSignaling: () => void;
    example: ExamplePage;
    /** The second rule of the document instead of the one that is written into its example. */
    smallerIdOffers: () => void;
  }
}

window.getToken = () => window.accessToken;
// The parts before the complete example connect by a function that is not in the document; the complete one by itself.
window.connectSignaling = () => undefined;

const signals: string[] = [];
const errors: string[] = [];

const placeFor = (id: string): void => {
  const video = document.createElement('video');
  video.id = `video-${id}`;
  video.autoplay = true;
  document.body.append(video);
};

const handle = room.handleMessage.bind(room);
room.handleMessage = async (message) => {
  const { type, from = '', code = '', participant, participants = [], participant_id: left = '' } = message;
  for (const { id } of participant ? [participant] : participants) placeFor(id);
  if (from !== '') signals.push(`got ${type} ${from}`);
  if (type === 'error') errors.push(code);
  await handle(message);
  if (type === 'peer_left') document.getElementById(`video-${left}`)?.remove();
};

const send = room.send.bind(room);
room.send = (message) => {
  if (message.to !== undefined) signals.push(`sent ${message.type} ${message.to}`);
  send(message);
};

window.smallerIdOffers = () => {
  const others = room.handleMessage.bind(room);
  const meet = async (id: string) => {
    if (room.myId !== null && room.myId < id) await room.createOffer(id);
  };
  room.handleMessage = async (message) => {
    const { type, participants = [], participant, participant_id: own = '' } = message;
    if (type === 'joined') {
      // The example itself would offer to everybody who is there.
      await others({ ...message, participants: [] });
      room.myId = own;
      for (const { id } of participants) {
        placeFor(id);
        await meet(id);
      }
      return;
    }
    await others(message);
    if (type === 'peer_joined' && participant) await meet(participant.id);
  };
};

const round = (ratio: number): number => Math.round(ratio * 10) / 10;

window.example = {
  signals,
  errors,
  async receives() {
    const received: Record<string, Reception> = {};
    for (const [id, pc] of Object.entries(room.peerConnections)) {
      let frames = 0;
      let energy = 0;
      let shape = 0;
      for (const stat of (await pc.getStats()).values() as Iterable<RTCInboundRtpStreamStats>) {
        if (stat.type !== 'inbound-rtp') continue;
        frames += stat.framesDecoded ?? 0;
        energy += stat.totalAudioEnergy ?? 0;
        if (stat.frameWidth && stat.frameHeight) shape = round(stat.frameWidth / stat.frameHeight);
      }
      received[id] = { state: pc.connectionState, frames, energy, shape };
    }
    return received;
  },
};
