import {
  MAX_FRAGMENT_BYTES,
  RoomId,
  SDP_FRAGMENT_TYPE,
  SDP_TYPE,
  type HttpErrorBody,
} from '@parlor/protocol';
import { nanoid } from 'nanoid';
import type { Access } from '../../access/types.js';
import { ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { Dialect } from '../dialect.js';
import { readText } from '../readJson.js';
import { decodeSegment } from '../routing.js';
import { validate } from '../validate.js';
import { assertContentType, assertMatches } from './conditions.js';
import { iceServerLinks } from './iceServerLinks.js';
import { openPeer, type Call, type WhipRooms } from './openPeer.js';
import { whipRoutes } from './routes.js';
import type { Timer } from '../timer.js';
import { WhipSession } from './WhipSession.js';

/** How long a client may be without a connection. Time enough to restart ICE. */
const CONNECT_TIMEOUT_MS = 15_000;

export interface WhipDialectOptions {
  readonly rooms: WhipRooms;
  readonly access: Access;
  readonly timer: Timer;
  readonly logger: Logger;
}

const PATH = /^\/(whip|whep)\/([^/]+)(?:\/([^/]+))?$/;

/**
 * WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): `/whip/:roomId` publishes, `/whep/:roomId` shows. The address of a
 * session cannot be guessed, and whoever has it may end it: tokens, which expire, are asked for at the endpoints only.
 */
export function whipDialect(options: WhipDialectOptions): Dialect {
  const sessions = new Map<string, WhipSession>();

  const sessionOf = (id: string): WhipSession => {
    const session = sessions.get(id);
    if (session) return session;
    throw new ParlorError('NOT_FOUND', 'there is no such session: it has ended, or never was');
  };

  const post = async (call: Call): Promise<Response> => {
    const { peer, negotiated } = await openPeer(call, options);
    const links = iceServerLinks(await peer.iceServers());
    if (peer.closed) throw new ParlorError('ROOM_CLOSED', `room ${call.roomId} was closed`);
    const session = new WhipSession({
      peer,
      negotiated,
      newTag: () => `"${nanoid(12)}"`,
      timer: options.timer,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    });
    const id = nanoid(32);
    sessions.set(id, session);
    peer.on('closed', () => sessions.delete(id));
    const headers = new Headers({
      'content-type': SDP_TYPE,
      // Of the request and not of `url`, which is below the base path.
      location: `${new URL(call.request.url).pathname}/${id}`,
      etag: session.etag,
      'accept-patch': SDP_FRAGMENT_TYPE,
      'cache-control': 'no-store',
    });
    for (const link of links) headers.append('link', link);
    return new Response(negotiated.answer, { status: 201, headers });
  };

  const patch = async (request: Request, id: string): Promise<Response> => {
    const session = sessionOf(id);
    assertContentType(request, SDP_FRAGMENT_TYPE);
    const text = await readText(request, MAX_FRAGMENT_BYTES);
    const restarted = await session.patch(text, (etag) => {
      assertMatches(request, etag);
    });
    if (!restarted) return new Response(null, { status: 204 });
    const headers = { 'content-type': SDP_FRAGMENT_TYPE, etag: restarted.etag, 'cache-control': 'no-store' };
    return new Response(restarted.body, { headers });
  };

  const atEndpoint = async (call: Call): Promise<Response> => {
    const accepted = { 'accept-post': SDP_TYPE };
    const allow = 'OPTIONS, GET, HEAD, POST';
    switch (call.request.method) {
      case 'POST':
        return await post(call);
      // Neither endpoints nor sessions have a representation (RFC 9725 §4.1).
      case 'GET':
        return new Response(null, { status: 204, headers: accepted });
      case 'OPTIONS':
        return new Response(null, { headers: { ...accepted, allow } });
      default:
        return notAllowed(call.request, allow);
    }
  };

  const atSession = async (request: Request, id: string): Promise<Response> => {
    const accepted = { 'accept-patch': SDP_FRAGMENT_TYPE };
    const allow = 'OPTIONS, GET, HEAD, PATCH, DELETE';
    switch (request.method) {
      case 'PATCH':
        return await patch(request, id);
      case 'DELETE':
        sessionOf(id).end('left');
        return new Response(null);
      case 'GET':
        sessionOf(id);
        return new Response(null, { status: 204, headers: accepted });
      case 'OPTIONS':
        return new Response(null, { headers: { ...accepted, allow } });
      default:
        return notAllowed(request, allow);
    }
  };

  return {
    name: 'whip',
    routes: whipRoutes,

    async handleRequest(request, url, client) {
      const [, name, room = '', id] = PATH.exec(url.pathname) ?? [];
      if (name !== 'whip' && name !== 'whep') return null;
      if (id !== undefined) return await atSession(request, id);
      const roomId = validate(RoomId, decodeSegment(room), 'roomId');
      return await atEndpoint({ name, request, url, client, roomId });
    },
  };
}

/** RFC 9110 §15.5.6. */
function notAllowed({ method }: Request, allow: string): Response {
  const body: HttpErrorBody = { error: 'METHOD_NOT_ALLOWED', message: `${method} is not for this address` };
  return Response.json(body, { status: 405, headers: { allow } });
}
