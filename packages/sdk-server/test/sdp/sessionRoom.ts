import type { Consumer, Peer, Producer, Room } from '../../src/core/types.js';
import { FakeBackend, type FakeMediaRoom } from '../../src/media/fake/FakeBackend.js';
import { peerPort } from '../../src/sdp/MediaPort.js';
import { SdpSession } from '../../src/sdp/SdpSession.js';
import { memoryServer, type MemoryServerOptions } from '../support/memoryServer.js';
import { CAPABILITIES } from './capabilities.js';

export interface SessionRoom {
  room: Room;
  media: FakeMediaRoom;
  peer: Peer;
  session: SdpSession;
  /** Somebody else's new track. */
  publish(kind?: 'audio' | 'video', from?: Peer): Promise<Producer>;
  join(peerId: string): Promise<Peer>;
  consumers(): Consumer[];
}

/** A room on a fake backend, one peer in it whose connection speaks SDP. */
export async function sessionRoom(options: MemoryServerOptions = {}): Promise<SessionRoom> {
  const backend = new FakeBackend({ rtpCapabilities: CAPABILITIES });
  const { rooms } = memoryServer({ backend, ...options });
  const room = await rooms.open('room', { keepWhenEmpty: true });
  const join = (peerId: string) => room.join({ peerId });
  const peer = await join('alice');
  const transport = await peer.createTransport({ direction: 'both', data: true });
  const bob = await join('bob');
  await bob.createTransport({ direction: 'send' });
  let ssrc = 500;
  const publish = (kind: 'audio' | 'video' = 'video', from = bob) => {
    const mimeType = kind === 'audio' ? 'audio/opus' : 'video/VP8';
    const codecs = [{ mimeType, payloadType: 100, clockRate: kind === 'audio' ? 48_000 : 90_000 }];
    return from.produce({
      kind,
      rtpParameters: { codecs, encodings: [{ ssrc: (ssrc += 1) }] },
      appData: { source: kind === 'audio' ? 'microphone' : 'camera' },
    });
  };
  const media = backend.rooms.get('room');
  if (!media) throw new Error('no room');
  const session = new SdpSession(peerPort(peer, transport));
  return { room, media, peer, session, publish, join, consumers: () => [...peer.consumers.values()] };
}
