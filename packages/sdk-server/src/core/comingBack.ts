import { isSameSecret } from './Admission.js';
import type { PeerImpl } from './PeerImpl.js';
import { completed } from './permissions.js';
import type { ProducerImpl } from './ProducerImpl.js';
import { carryOn, sourceOf } from './publishing.js';
import type { Ability } from './topology/decide.js';
import type { Grants, JoinOptions, ProduceOptions } from './types.js';

/**
 * A client that joins anew while its former self is still there, as it does when it has missed too much or when its media
 * could not be repaired: where nothing of it has changed it goes on as the same peer, and nobody hears of it.
 */

/** What a client says of itself that comes. */
interface Coming {
  readonly options: JoinOptions;
  readonly ability: Ability | undefined;
}

/** Whether it can go on as the peer that is there. */
export function canGoOn(present: PeerImpl, { options, ability }: Coming): boolean {
  const { resumeToken, userId, displayName = options.peerId, grants, link } = options;
  const isSame =
    resumeToken !== undefined &&
    isSameSecret(resumeToken, present.resumeToken) &&
    userId === present.userId &&
    displayName === present.displayName &&
    ability === present.ability &&
    link?.dialect === present.dialect &&
    areSame(completed(grants), present.grants);
  // Publications outlive their transport only with such clients.
  const follows = (options.paths ?? options.topology === 'auto') && present.followsPaths;
  return isSame && follows && canConnectAnew(present);
}

/** Browsers that send each other media have to be told: those whose clients understand it are. */
function canConnectAnew({ room }: PeerImpl): boolean {
  if (!room.topologies.includes('p2p')) return true;
  return [...room.peers.values()].every(({ followsPaths, ability }) => followsPaths || !ability);
}

function areSame(a: Grants, b: Grants): boolean {
  const list = ({ create, publish, subscribe, data, moderate }: Grants) =>
    JSON.stringify([create, [...publish].sort(), subscribe, data, moderate]);
  return list(a) === list(b);
}

/**
 * The client goes on with a publication of its former stay: its id stays, whether it is paused is as the client says now.
 * Undefined: there is none such. @throws as `carryOn`
 */
export function takeUp(
  peer: PeerImpl,
  formerId: string,
  options: ProduceOptions,
): Promise<ProducerImpl> | undefined {
  const producer = peer.claims.take(formerId);
  if (!producer) return undefined;
  return goOnWith(producer, options).catch((error: unknown) => {
    if (!producer.closed) peer.claims.giveBack(producer);
    throw error;
  });
}

async function goOnWith(producer: ProducerImpl, options: ProduceOptions): Promise<ProducerImpl> {
  const { peer, id } = producer;
  const source = sourceOf(peer, options);
  await producer.setPausedByOwner(options.paused ?? false);
  return source ? await carryOn(peer, id, options) : producer;
}
