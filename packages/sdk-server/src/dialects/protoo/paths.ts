import type { ProtooAnswers, ProtooRequestParsed, WantedTopology } from '@parlor/protocol';
import type { Room } from '../../core/types.js';
import { isParlorError, ParlorError } from '../../errors.js';
import type { ClientPeer } from '../ownObjects.js';
import { createTransports } from './createTransports.js';

type Joined = ProtooAnswers['joinRoom'];
type View = Pick<Joined, 'rtpCapabilities' | 'peers' | 'producers' | 'topology' | 'path' | 'auto'>;

/** What a client says of how it carries media. */
export function waysOf({ topology, paths, transports }: ProtooRequestParsed<'joinRoom'>): {
  topology?: WantedTopology;
  paths: boolean;
} {
  // Who asks for transports wants the server to carry media, said or not.
  const said = topology ?? (transports?.length ? 'sfu' : undefined);
  return { ...(said && { topology: said }), paths: paths ?? said === 'auto' };
}

/** The room as it is right now, to a client that is in it: everybody else. */
export function viewFor(peer: ClientPeer): View {
  const { room, followsPaths } = peer;
  const { peers, producers, topology } = room.snapshot;
  return {
    rtpCapabilities: room.rtpCapabilities,
    peers: peers.filter(({ id }) => id !== peer.id),
    // To a client that cannot wait for them, publications on their way to the server are not there yet.
    producers: producers.filter(({ peerId, pending }) => peerId !== peer.id && (followsPaths || !pending)),
    topology,
    ...(followsPaths && { path: room.path, auto: room.auto }),
  };
}

/**
 * The transports that a client wants with its way into the room. Undefined: the room has taken another path meanwhile,
 * and that is open.
 */
export async function transportsFor(
  peer: ClientPeer,
  wanted: Parameters<typeof createTransports>[1],
): Promise<Pick<Joined, 'transports'> | undefined> {
  try {
    return await madeFor(peer, wanted);
  } catch (error) {
    const isGone = isParlorError(error) && error.code === 'PATH_GONE' && peer.followsPaths && !peer.closed;
    if (!isGone) throw error;
    await peer.nextPath();
    return undefined;
  }
}

/** Clients that follow paths need none in a P2P room; others hear that it has none. */
async function madeFor(
  peer: ClientPeer,
  wanted: Parameters<typeof createTransports>[1],
): Promise<Pick<Joined, 'transports'>> {
  if (!wanted || (peer.followsPaths && peer.room.topology === 'p2p')) return {};
  return { transports: await createTransports(peer, wanted) };
}

/** The answer to `openPath`, said when it is written: what is told meanwhile is in it. */
export async function openPath(
  peer: ClientPeer,
  { path, transports: wanted, rtpCapabilities, dynacast }: ProtooRequestParsed<'openPath'>,
): Promise<() => ProtooAnswers['openPath']> {
  const { room } = peer;
  assertCurrent(room, path);
  if (rtpCapabilities) peer.setRtpCapabilities(rtpCapabilities);
  peer.dynacast = dynacast ?? peer.dynacast;
  const [made, iceServers] = await Promise.all([madeFor(peer, wanted), peer.iceServers()]);
  return () => {
    if (peer.closed) throw new ParlorError('NOT_JOINED', 'the peer left meanwhile');
    assertCurrent(room, path);
    const { rtpCapabilities: known, peers, producers, topology } = viewFor(peer);
    return { path, topology, rtpCapabilities: known, iceServers, peers, producers, ...made };
  };
}

function assertCurrent(room: Room, path: number): void {
  if (path !== room.path)
    throw new ParlorError(
      'PATH_GONE',
      `media of the room takes path ${String(room.path)} now: open that one`,
    );
}
