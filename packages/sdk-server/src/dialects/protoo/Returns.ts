import { nanoid } from 'nanoid';
import { grantsOf } from '../../access/grants.js';
import type { ResumeClaims, ResumeTokens } from '../../access/resumeTokens.js';
import type { Authorization } from '../../access/types.js';
import type { Room } from '../../core/types.js';
import type { ClientPeer } from '../ownObjects.js';

/** How long those who were in a room may take to find back to it, ms: the longest wait of their policy, and joining. */
const REFORMING_MS = 15_000;

/** One room of an id, of those that there may have been. */
interface Formation {
  readonly id: string;
  readonly since: number;
}

export interface Returning {
  readonly roomId: string;
  readonly peerId: string;
  readonly authorization: Authorization;
}

/** What the `resumeToken` of a join says. */
export interface Former {
  /** Undefined: it proves nothing. */
  readonly claims: ResumeClaims | undefined;
}

/** Clients that come back by joining again: what each gets to prove itself with, and what that is worth later. */
export class Returns {
  readonly #tokens: ResumeTokens;
  readonly #now: () => number;
  readonly #formations = new WeakMap<Room, Formation>();

  constructor(tokens: ResumeTokens, now: () => number) {
    this.#tokens = tokens;
    this.#now = now;
  }

  /** Undefined: the client has not been here before, as far as it says. */
  async former(token: string | undefined, client: Returning): Promise<Former | undefined> {
    if (token === undefined) return undefined;
    const claims = await this.#tokens.read(token);
    const isTheirs =
      claims?.room === client.roomId &&
      claims.peer === client.peerId &&
      claims.user === client.authorization.userId;
    return { claims: isTheirs ? claims : undefined };
  }

  /** What the client was let in by, as long as that holds: its token has expired meanwhile, maybe. */
  async authorization(
    token: string,
    { roomId, peerId }: Pick<Returning, 'roomId' | 'peerId'>,
  ): Promise<Authorization | undefined> {
    const claims = await this.#tokens.read(token);
    if (claims?.room !== roomId || claims.peer !== peerId) return undefined;
    const { user: userId, name, can, region, expiresAt } = claims;
    return { userId, name, grants: grantsOf(can), region, expiresAt };
  }

  /** This part of the answer to `joinRoom`. */
  answer(
    peer: ClientPeer,
    { authorization, former }: { authorization: Authorization; former: Former | undefined },
  ): { resumeToken: string; reforming?: number } {
    const formation = this.#formationOf(peer.room);
    const { userId, region, expiresAt, grants } = authorization;
    const resumeToken = this.#tokens.sign(
      {
        room: peer.room.id,
        peer: peer.id,
        name: peer.displayName,
        can: { ...grants, publish: [...grants.publish] },
        ...(userId !== undefined && { user: userId }),
        ...(region !== undefined && { region }),
        proof: peer.resumeToken,
        formation: formation.id,
      },
      expiresAt,
    );
    const left = former ? this.#reforming(former, formation) : 0;
    return { resumeToken, ...(left > 0 && { reforming: left }) };
  }

  /** A token that is not understood is taken to be of a time before: all that follows is patience of its client. */
  #reforming({ claims }: Former, { id, since }: Formation): number {
    return claims?.formation === id ? 0 : since + REFORMING_MS - this.#now();
  }

  #formationOf(room: Room): Formation {
    let formation = this.#formations.get(room);
    if (!formation) {
      formation = { id: nanoid(12), since: this.#now() };
      this.#formations.set(room, formation);
    }
    return formation;
  }
}
