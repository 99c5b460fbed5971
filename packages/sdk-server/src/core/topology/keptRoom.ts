import type { RoomClosedReason, Topology, TopologyReason } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import type { PeerImpl } from '../PeerImpl.js';
import type { MediaRoom } from '../ports.js';

/** A room, as who decides how its media travels sees it. */
export interface KeptRoom {
  readonly id: string;
  readonly closed: boolean;
  readonly peers: ReadonlyMap<string, PeerImpl>;
  topologyChanged(topology: Topology, reason: TopologyReason): void;
  /** The media process is gone: ends those whose clients cannot follow. */
  endThoseLeftBehind(): void;
  heard(speakers: { producerId: string; level: number }[]): void;
  close(reason: RoomClosedReason): void;
}

/** Media does not go through that server any more. Whoever keeps books asks for the last figures first. */
export function leaveServer(room: Pick<KeptRoom, 'peers' | 'heard'>, media: MediaRoom): void {
  const { peers } = room;
  for (const peer of peers.values())
    for (const transport of peer.transports.values()) transport.aboutToClose();
  media.close();
  for (const peer of peers.values()) peer.leaveServer();
  room.heard([]);
}

export const pathGone = (): ParlorError =>
  new ParlorError('PATH_GONE', 'media of the room takes another path now: open that one');

/**
 * Asks the server that carries media. Whatever it answers when it goes away meanwhile, the client has nothing to mend:
 * another path comes.
 * @throws PATH_GONE
 */
export async function askServer<T>({ room }: Pick<PeerImpl, 'room'>, ask: () => Promise<T>): Promise<T> {
  const { server } = room;
  try {
    return await ask();
  } catch (error) {
    throw room.server === server ? error : pathGone();
  }
}

export const topologyMismatch = (roomId: string, topology: Topology): ParlorError =>
  new ParlorError(
    'TOPOLOGY_MISMATCH',
    `room ${roomId} has topology "${topology}": use topology "${topology}" (new Room({ topology: '${topology}' }) in the client), or another room`,
  );
