import { MAX_OFFER_BYTES, SDP_TYPE, WhepQuery, WhipQuery } from '@parlor/protocol';
import { nanoid } from 'nanoid';
import type { Access, Authorization } from '../../access/types.js';
import { assertCan } from '../../core/permissions.js';
import type { JoinOptions, Peer } from '../../core/types.js';
import { ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { Client } from '../dialect.js';
import { readText } from '../readJson.js';
import type { Timer } from '../timer.js';
import { validate } from '../validate.js';
import { assertAccepts, assertContentType } from './conditions.js';
import { publish } from './publish.js';
import { watch } from './watch.js';
import type { Negotiated } from './WhipSession.js';

export interface WhipRooms {
  join(roomId: string, options: JoinOptions): Promise<Peer>;
}

/** A request to an endpoint. */
export interface Call {
  readonly name: 'whip' | 'whep';
  readonly request: Request;
  readonly url: URL;
  readonly client: Client;
  readonly roomId: string;
}

interface Door {
  readonly rooms: WhipRooms;
  readonly access: Access;
  readonly logger: Logger;
  readonly timer: Timer;
}

/** A peer of its room that came by HTTP, with its transport. */
export interface OpenPeer {
  readonly peer: Peer;
  readonly negotiated: Negotiated;
}

/** `POST` to an endpoint: the offer is let in and answered. What fails on the way leaves nobody in the room. */
export async function openPeer(call: Call, door: Door): Promise<OpenPeer> {
  const { name, request, url, roomId } = call;
  assertContentType(request, SDP_TYPE);
  assertAccepts(request, SDP_TYPE);
  const asked = Object.fromEntries(url.searchParams);
  const query =
    name === 'whep'
      ? validate(WhepQuery, asked, 'query')
      : { ...validate(WhipQuery, asked, 'query'), peer: undefined };
  const authorization = await door.access.authorize(request, { room: roomId, action: 'join' });
  assertRight(name, authorization);
  const offer = await readText(request, MAX_OFFER_BYTES);
  let changed: () => void = () => undefined;
  const peer = await door.rooms.join(roomId, {
    ...identityOf(call, authorization, query.name),
    link: {
      dialect: name,
      send: ({ type }) => {
        if (type === 'newProducer' || type === 'producerClosed') changed();
      },
      // The peer says it itself, by its `closed`.
      end: () => undefined,
    },
  });
  try {
    if (name === 'whip') return { peer, negotiated: await publish(peer, offer) };
    const failed = (err: unknown) => {
      door.logger.error({ err, roomId, peerId: peer.id }, 'a viewer could not be served');
    };
    const { watcher, ...negotiated } = await watch({
      peer,
      offer,
      only: query.peer,
      timer: door.timer,
      failed,
    });
    changed = () => void watcher.refresh();
    // What happened while the answer was made.
    changed();
    return { peer, negotiated };
  } catch (error) {
    peer.leave('disconnected');
    throw error;
  }
}

/** Before anybody is in the room: what the token does not allow at all. @throws FORBIDDEN */
function assertRight(name: Call['name'], { grants }: Authorization): void {
  if (name === 'whep') assertCan(grants, 'subscribe');
  else if (!grants.publish.some((right) => right !== 'screen'))
    throw new ParlorError(
      'FORBIDDEN',
      'the token does not allow to publish: add audio and video to can.publish',
    );
}

function identityOf(
  { name, client }: Call,
  authorization: Authorization,
  wantedName: string | undefined,
): JoinOptions {
  const { userId, grants, region } = authorization;
  const displayName = authorization.name ?? wantedName;
  return {
    peerId: `${name}-${nanoid(12)}`,
    grants,
    place: { region, address: client.address },
    topology: 'sfu',
    ...(displayName !== undefined && { displayName }),
    ...(userId !== undefined && { userId }),
  };
}
