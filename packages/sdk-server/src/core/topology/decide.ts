import type { Topology, TopologyReason } from '@parlor/protocol';
import type { JoinOptions } from '../types.js';

/**
 * How a client can carry media. `any`: both ways, and it changes live; `page`: among its like by signals of its own, and
 * else the server plays the others to it, from which it does not come back.
 */
export type Ability = 'any' | 'sfu' | 'p2p' | 'page';

export interface Participant {
  readonly id: string;
  readonly ability: Ability;
}

export interface Facts {
  /** What the host application, a moderator or who opened the room has said. */
  readonly pinned: Topology | undefined;
  readonly current: Topology;
  readonly participants: readonly Participant[];
  /** The server can carry media. */
  readonly hasServer: boolean;
  /** Two of them cannot reach each other. */
  readonly pairFailed: boolean;
  /** One of them cannot reach the server. */
  readonly serverUnreachable: boolean;
  readonly maxP2pParticipants: number;
}

export interface Decision {
  readonly topology: Topology;
  readonly reason: TopologyReason;
}

/** A mesh of more is worse for everybody than a room that one of them cannot hear. */
export const MESH_LIMIT = 6;

/** How media of a room should travel. */
export function decide(facts: Facts): Decision {
  const { pinned, current, participants } = facts;
  if (pinned) return { topology: pinned, reason: 'pinned' };
  const are = (ability: Ability) => participants.some((each) => each.ability === ability);
  if (are('sfu')) return { topology: are('p2p') ? current : 'sfu', reason: 'dialect' };
  if (are('p2p')) {
    const isFew = current === 'p2p' || participants.length <= facts.maxP2pParticipants;
    return { topology: isFew ? 'p2p' : 'sfu', reason: 'dialect' };
  }
  if (!facts.hasServer) return { topology: 'p2p', reason: 'noMediaServer' };
  if (are('page')) return { topology: are('any') ? 'sfu' : current, reason: 'dialect' };
  return amongAble(facts);
}

/** Everybody could have it either way. */
function amongAble(facts: Facts): Decision {
  const { current, participants, pairFailed, serverUnreachable, maxP2pParticipants } = facts;
  const count = participants.length;
  if (pairFailed && serverUnreachable) return { topology: current, reason: 'pairFailed' };
  if (pairFailed) return { topology: 'sfu', reason: 'pairFailed' };
  if (serverUnreachable && count <= Math.max(MESH_LIMIT, maxP2pParticipants))
    return { topology: 'p2p', reason: 'serverUnreachable' };
  return { topology: count > maxP2pParticipants ? 'sfu' : 'p2p', reason: 'participants' };
}

/** Whether a client can stay, or come in, where media travels so. */
export const suits = (topology: Topology, { ability }: Participant): boolean =>
  ability === 'any' || ability === 'page' || ability === topology;

/** What a client says of itself; undefined: nothing. */
export function abilityOf({
  topology,
  preferredTopology,
  grants,
}: Pick<JoinOptions, 'topology' | 'preferredTopology' | 'grants'>): Ability | undefined {
  // Only the server can keep media from somebody.
  if (topology === 'auto') return grants?.subscribe === false ? 'sfu' : 'any';
  return topology ?? (preferredTopology && 'page');
}
