import { P2pCreateBody, P2pJoinBody, type P2pParticipant } from '@parlor/protocol';
import { tokenOf } from '../../access/access.js';
import { isGuestToken, readGuestToken } from '../../access/guestTokens.js';
import type { Access, Authorization } from '../../access/types.js';
import { isParlorError, ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { Client, Dialect } from '../dialect.js';
import { readJson } from '../readJson.js';
import { validate } from '../validate.js';
import { failure, success } from './answers.js';
import { asRoomId, newRoomId } from './ids.js';
import { languageOf, type Language } from '../language.js';
import type { Meeting } from './Meeting.js';
import type { P2pRooms } from './P2pRooms.js';
import { P2pSession } from './P2pSession.js';
import { p2pRoomsRoutes } from './routes.js';
import type { StoredP2pRoom } from './store.js';
import { errorText, textOf } from './texts.js';

const MAX_BODY_BYTES = 16 * 1024;
/** The language of the source document. */
const UNSAID: Language = 'zh';
/** More than enough: ids are taken once in millions of tries. */
const MAX_ID_TRIES = 5;

export interface P2pRoomsDialectOptions {
  readonly rooms: P2pRooms;
  readonly access: Access;
  readonly logger: Logger;
}

/** A request to one of the addresses of this dialect. */
interface Call {
  request: Request;
  client: Client;
  language: Language;
  /** Of the room in the path. */
  id: string;
}

type Handler = (call: Call) => Promise<Response>;

interface Route {
  path: RegExp;
  methods: Record<string, Handler>;
}

const SOCKET_PATH = /^\/ws\/webrtc\/rooms\/([^/]+)$/;

/**
 * Rooms with a password (`webrtc-rooms.zh.md`): `/api/webrtc/rooms*` and WebSocket `/ws/webrtc/rooms/:id`. Only users
 * with a token open rooms, in development too: rooms belong to whoever opened them.
 */
export function p2pRoomsDialect({ rooms, access, logger }: P2pRoomsDialectOptions): Dialect {
  const create: Handler = async ({ request, language }) => {
    const body = validate(P2pCreateBody, (await readJson(request, MAX_BODY_BYTES)) ?? {}, 'body');
    for (let tries = 0; tries < MAX_ID_TRIES; tries += 1) {
      const id = newRoomId();
      const { userId, grants } = await authorizeUser(request, id);
      if (!grants.create) throw new ParlorError('ROOM_NOT_ALLOWED', 'the token does not allow to open rooms');
      const created = await rooms.create({ id, userId, body });
      if (!created) continue;
      logger.debug({ roomId: id, language }, 'room opened');
      return success(created);
    }
    throw new Error('no room id is free');
  };

  const join: Handler = async ({ request, client, language, id }) => {
    const body = validate(P2pJoinBody, await readJson(request, MAX_BODY_BYTES), 'body');
    const unnamed = textOf('guest', language);
    return success(await rooms.join({ id, address: client.address, body, unnamed }));
  };

  const show: Handler = async ({ request, client, id }) => {
    const { room, region } = await creatorOf(request, id);
    return success(rooms.stateFor(room, { region, address: client.address }));
  };

  const remove: Handler = async ({ request, id }) => {
    await creatorOf(request, id);
    await rooms.delete(id);
    return success({ room_id: id });
  };

  /** What the upgrade would have been answered, where a browser can see it. */
  const explain: Handler = async (call) => {
    await admit(call);
    throw new ParlorError('UPGRADE_REQUIRED', 'open a WebSocket to this address');
  };

  const routes: Route[] = [
    { path: /^\/api\/webrtc\/rooms$/, methods: { POST: create } },
    { path: /^\/api\/webrtc\/rooms\/([^/]+)$/, methods: { GET: show, DELETE: remove } },
    { path: /^\/api\/webrtc\/rooms\/([^/]+)\/join$/, methods: { POST: join } },
    { path: SOCKET_PATH, methods: { GET: explain } },
  ];

  /** Who logged in. @throws UNAUTHORIZED and what the check throws */
  async function authorizeUser(request: Request, room: string): Promise<Authorization & { userId: string }> {
    const authorization = await access.authorize(request, { room, action: 'join' });
    const { userId } = authorization;
    if (userId === undefined)
      throw new ParlorError('UNAUTHORIZED', 'log in: send a token that names a user (claim sub)');
    return { ...authorization, userId };
  }

  /** @throws CREATOR_ONLY, ROOM_NOT_FOUND, ROOM_EXPIRED and what the check throws */
  async function creatorOf(
    request: Request,
    id: string,
  ): Promise<{ room: StoredP2pRoom; userId: string } & Authorization> {
    const creator = await authorizeUser(request, id);
    const room = await rooms.find(id);
    if (room.creator.userId !== creator.userId)
      throw new ParlorError('CREATOR_ONLY', 'only the creator may do this: join with the password');
    return { room, ...creator };
  }

  /** Who comes in by WebSocket: the creator with an access token, guests with theirs. */
  async function admit({
    request,
    language,
    id,
  }: Call): Promise<{ room: Meeting; participant: P2pParticipant; userId: string }> {
    const token = tokenOf(request);
    if (token !== undefined && isGuestToken(token)) {
      const room = await rooms.find(id);
      const guest = await readGuestToken(token, { key: room.guestKey, now: rooms.now });
      return {
        room: rooms.admit(room, guest.id),
        participant: { ...guest, is_creator: false },
        userId: guest.id,
      };
    }
    const { room, userId, name = textOf('creator', language) } = await creatorOf(request, id);
    const { participantId } = room.creator;
    return {
      room: rooms.admit(room, participantId),
      participant: { id: participantId, name, is_creator: true },
      userId,
    };
  }

  return {
    name: 'p2pRooms',
    routes: p2pRoomsRoutes,

    async handleRequest(request, url, client) {
      for (const { path, methods } of routes) {
        const match = path.exec(url.pathname);
        if (!match) continue;
        const language = languageOf(request.headers, UNSAID);
        const handler = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
        try {
          if (!handler)
            throw new ParlorError('METHOD_NOT_ALLOWED', `${request.method} is not for this address`);
          return await handler({ request, client, language, id: asRoomId(match[1] ?? '') });
        } catch (error) {
          if (!isParlorError(error) && !request.signal.aborted)
            logger.error({ err: error, method: request.method, path: url.pathname }, 'request failed');
          return failure(error, language, Object.keys(methods).join(', '));
        }
      }
      return null;
    },

    async handleUpgrade(request, url, client) {
      const match = SOCKET_PATH.exec(url.pathname);
      if (!match) return null;
      const language = languageOf(request.headers, UNSAID);
      try {
        const admitted = await admit({ request, client, language, id: asRoomId(match[1] ?? '') });
        return new P2pSession({ ...admitted, language, logger });
      } catch (error) {
        if (!isParlorError(error)) throw error;
        throw new ParlorError(error.code, errorText(error, language), { cause: error });
      }
    },
  };
}
