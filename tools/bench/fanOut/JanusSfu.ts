import { PeerConnection, RtcpReceivingSession, type Track } from 'node-datachannel';
import { WebSocket } from 'ws';
import { isRtcp } from '../../../apps/load/src/media/rtp.js';
import { describeMedia } from '../../../apps/load/src/webrtc/describeMedia.js';
import { JANUS_SUBPROTOCOL, JanusSession, type Jsep } from '../janus/JanusSession.js';
import { Arrivals } from './Arrivals.js';
import type { Receiver, Sfu, SfuAddress } from './Sfu.js';
import type { Stream } from './streams.js';

const ROOM = 1;

/** Resolves with the description when all candidates are in it. */
async function described(pc: PeerConnection, type: 'offer' | 'answer'): Promise<Jsep> {
  const gathered = new Promise<void>((resolve) => {
    pc.onGatheringStateChange((state) => {
      if (state === 'complete') resolve();
    });
  });
  pc.setLocalDescription(type);
  await gathered;
  return { type, sdp: pc.localDescription()?.sdp ?? '' };
}

/** A VideoRoom of Janus. */
export class JanusSfu implements Sfu {
  readonly #connections: PeerConnection[] = [];
  /** What node-datachannel gives is collected as garbage unless somebody holds it. */
  readonly #tracks: Track[] = [];
  #session: Promise<JanusSession> | undefined;

  constructor(private readonly server: SfuAddress) {}

  async publish({ kind, payloadType, ssrc }: Stream) {
    const handle = await (await this.#open()).attach();
    const { pc, connected } = this.#connect('publisher');
    const track = pc.addTrack(describeMedia({ kind, payloadType, ssrcs: [ssrc] }, '0'));
    this.#tracks.push(track);
    const offer = await described(pc, 'offer');
    const { jsep } = await handle.message(
      { request: 'joinandconfigure', ptype: 'publisher', room: ROOM, [kind]: true },
      offer,
    );
    if (!jsep) throw new Error('Janus did not answer the offer');
    pc.setRemoteDescription(jsep.sdp, 'answer');
    await connected;
    return {
      send: (packet: Buffer) => {
        if (track.isOpen()) track.sendMessageBinary(packet);
      },
    };
  }

  async receive(): Promise<Receiver> {
    const session = await this.#open();
    const startedAt = performance.now();
    const { add, packets, firstAt } = new Arrivals();
    const handle = await session.attach();
    const { data } = await handle.message({ request: 'listparticipants', room: ROOM });
    const [feed] = (data['participants'] as { id: number; publisher: boolean }[]).filter(
      ({ publisher }) => publisher,
    );
    const askedAt = performance.now();
    const { jsep } = await handle.message({
      request: 'join',
      ptype: 'subscriber',
      room: ROOM,
      streams: [{ feed: feed?.id }],
    });
    if (!jsep) throw new Error('Janus made no offer');
    const { pc, connected } = this.#connect('viewer');
    pc.onTrack((track) => {
      this.#tracks.push(track);
      track.setMediaHandler(new RtcpReceivingSession());
      track.onMessage((packet) => {
        if (!isRtcp(packet)) add();
      });
    });
    // Who is offered a choice begins the handshake, and would be too early for Janus: it would begin again after 1 s.
    pc.setRemoteDescription(jsep.sdp.replaceAll('a=setup:actpass', 'a=setup:active'), 'offer');
    await handle.message({ request: 'start' }, await described(pc, 'answer'));
    await connected;
    const close = () => {
      pc.close();
      return Promise.resolve();
    };
    return { packets, startedAt, askedAt, firstAt, close };
  }

  async close(): Promise<void> {
    for (const pc of this.#connections) pc.close();
    (await this.#session)?.close();
  }

  #open(): Promise<JanusSession> {
    this.#session ??= JanusSession.open(new WebSocket(this.server.url, JANUS_SUBPROTOCOL));
    return this.#session;
  }

  #connect(name: string): { pc: PeerConnection; connected: Promise<void> } {
    const { address } = this.server;
    const pc = new PeerConnection(name, {
      iceServers: [],
      disableAutoNegotiation: true,
      forceMediaTransport: true,
      ...(address !== undefined && { bindAddress: address }),
    });
    this.#connections.push(pc);
    const connected = new Promise<void>((resolve, reject) => {
      pc.onStateChange((state) => {
        if (state === 'connected') resolve();
        if (state === 'failed') reject(new Error(`${name}: not connected to Janus`));
      });
    });
    return { pc, connected };
  }
}
