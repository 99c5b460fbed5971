import type { ProtooAnswers } from '@parlor/protocol';
import type { ClientPeer } from '../ownObjects.js';

/** The transports that a client wants at once; none in a P2P room. */
export async function createTransports(
  peer: ClientPeer,
  directions: readonly ('send' | 'recv')[] = [],
): Promise<NonNullable<ProtooAnswers['joinRoom']['transports']>> {
  const made = await Promise.all(
    [...new Set(directions)].map(async (direction) => [
      direction,
      (await peer.createTransport({ direction })).info,
    ]),
  );
  return Object.fromEntries(made) as NonNullable<ProtooAnswers['joinRoom']['transports']>;
}
