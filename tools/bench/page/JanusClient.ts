import { JANUS_SUBPROTOCOL, JanusSession, type JanusHandle } from '../janus/JanusSession.js';

const ROOM = 1;

/** Resolves when all candidates are in the local description. */
const gathered = (pc: RTCPeerConnection) =>
  new Promise<void>((resolve) => {
    pc.addEventListener('icegatheringstatechange', () => {
      if (pc.iceGatheringState === 'complete') resolve();
    });
  });

function trickle(pc: RTCPeerConnection, handle: JanusHandle): void {
  pc.addEventListener('icecandidate', ({ candidate }) => {
    void handle.trickle(candidate?.toJSON() ?? { completed: true });
  });
}

function checked(jsep: RTCSessionDescriptionInit | undefined): RTCSessionDescriptionInit {
  if (!jsep) throw new Error('Janus sent no session description');
  return jsep;
}

/** A VideoRoom used by hand, by its documentation, with as few requests as the steps need. */
export class JanusClient {
  readonly #pc = new RTCPeerConnection();

  static async open(url: string): Promise<JanusClient> {
    const session = await JanusSession.open(new WebSocket(url, JANUS_SUBPROTOCOL));
    return new JanusClient(session, await session.attach());
  }

  private constructor(
    private readonly session: JanusSession,
    private readonly handle: JanusHandle,
  ) {}

  async publish(tracks: readonly MediaStreamTrack[], encoding: RTCRtpEncodingParameters): Promise<void> {
    for (const track of tracks) {
      const video = track.kind === 'video' && { sendEncodings: [encoding] };
      this.#pc.addTransceiver(track, { direction: 'sendonly', ...video });
    }
    const complete = gathered(this.#pc);
    await this.#pc.setLocalDescription();
    await complete;
    const { jsep } = await this.handle.message(
      { request: 'joinandconfigure', ptype: 'publisher', room: ROOM },
      { type: 'offer', sdp: this.#pc.localDescription?.sdp ?? '' },
    );
    await this.#pc.setRemoteDescription(checked(jsep));
  }

  /** Receives all that is there. */
  async receive(): Promise<MediaStreamTrack[]> {
    const { data } = await this.handle.message({ request: 'listparticipants', room: ROOM });
    const participants = data['participants'] as { id: number; publisher: boolean }[];
    const streams = participants.filter(({ publisher }) => publisher).map(({ id }) => ({ feed: id }));
    const offered = await this.handle.message({ request: 'join', ptype: 'subscriber', room: ROOM, streams });
    const tracks: MediaStreamTrack[] = [];
    this.#pc.addEventListener('track', ({ track }) => {
      tracks.push(track);
    });
    trickle(this.#pc, this.handle);
    await this.#pc.setRemoteDescription(checked(offered.jsep));
    await this.#pc.setLocalDescription();
    const answer = { type: 'answer' as const, sdp: this.#pc.localDescription?.sdp ?? '' };
    // What comes of it is seen; nothing has to wait for its answer.
    void this.handle.message({ request: 'start' }, answer);
    return tracks;
  }

  close(): void {
    this.#pc.close();
    this.session.close();
  }
}
