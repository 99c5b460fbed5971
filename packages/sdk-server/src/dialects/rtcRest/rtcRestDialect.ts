import {
  MAX_MESSAGE_BYTES,
  RtcPathParameters,
  RtcRoutes,
  type RtcAnswer,
  type RtcOperation,
  type UsageRecord,
} from '@parlor/protocol';
import type { Access, AccessScope, Authorization } from '../../access/types.js';
import type { Rooms } from '../../core/types.js';
import { isParlorError, ParlorError, toWireError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { Client, Dialect } from '../dialect.js';
import { languageOf, type Language } from '../language.js';
import { readJson } from '../readJson.js';
import { findRoute } from '../routing.js';
import { validate } from '../validate.js';
import { failure, success, toResponse, type Answer } from './answers.js';
import { handlers, type PeerCall, type PeerOperation } from './handlers.js';
import { IdempotencyKeys } from './IdempotencyKeys.js';
import { MAX_KEY_LENGTH, routes } from './routes.js';
import type { RtcSession } from './RtcSession.js';
import type { RtcSessions } from './RtcSessions.js';

/** The language of the source document. */
const UNSAID: Language = 'ja';

export interface RtcRestDialectOptions {
  readonly sessions: RtcSessions;
  readonly rooms: Pick<Rooms, 'get'>;
  readonly usage: { recordsOf(roomId: string): Promise<UsageRecord[] | undefined> };
  readonly access: Access;
  readonly logger: Logger;
  readonly now: () => number;
}

type User = Authorization & { userId: string };
type RoomOperation = Exclude<RtcOperation, PeerOperation>;

/** A request to one of the addresses of this dialect, by a user. */
interface Call {
  readonly request: Request;
  readonly client: Client;
  readonly operation: RtcOperation;
  readonly params: Readonly<Record<string, string>>;
  readonly user: User;
  readonly json: unknown;
}

/** Calls over plain HTTP (`rtc-transport-connect.ja.md`): `/rtc/*`. Needs a token that names a user, also in development. */
export function rtcRestDialect(options: RtcRestDialectOptions): Dialect {
  const { sessions, rooms, usage, access, logger } = options;
  const keys = new IdempotencyKeys(options.now);

  /** @throws UNAUTHORIZED and what the check throws */
  const authorize = async (request: Request, roomId: string | undefined): Promise<User> => {
    const scope: AccessScope =
      roomId === undefined ? { room: '*', action: 'connect' } : { room: roomId, action: 'join' };
    const authorization = await access.authorize(request, scope);
    const { userId } = authorization;
    if (userId === undefined)
      throw new ParlorError('UNAUTHORIZED', 'log in: send a token that names a user (claim sub)');
    return { ...authorization, userId };
  };

  /** @throws ROOM_NOT_FOUND */
  const sessionOf = ({ userId }: User): RtcSession => {
    const session = sessions.find(userId);
    if (session) return session;
    throw youAreInNoRoom();
  };

  const roomHandlers: {
    readonly [K in RoomOperation]: (call: Call, roomId: string) => Promise<RtcAnswer<K>> | RtcAnswer<K>;
  } = {
    joinRoom: async ({ json, user, client }, roomId) => {
      const body = validate(RtcRoutes.joinRoom.body, json, 'body');
      const displayName = user.name ?? body.displayName;
      const session = await sessions.join({
        userId: user.userId,
        roomId,
        options: {
          grants: user.grants,
          place: { region: user.region, address: client.address },
          ...(displayName !== undefined && { displayName }),
        },
      });
      return await session.during(async () => {
        const iceServers = await session.peer.iceServers();
        const { peerId, peers, producers } = session.snapshot;
        session.joined();
        return {
          roomId,
          peerId,
          rtpCapabilities: session.peer.room.rtpCapabilities,
          peers,
          producers,
          iceServers,
        };
      });
    },

    listProducers: ({ user }, roomId) => {
      const room = rooms.get(roomId);
      if (!room) throw noSuchRoom(roomId);
      const session = sessions.find(user.userId);
      const own = session?.roomId === roomId ? session.peer.id : undefined;
      return {
        producers: room.snapshot.producers.filter(({ peerId, pending }) => peerId !== own && !pending),
      };
    },

    getUsage: async ({ user }, roomId) => {
      const records = await usage.recordsOf(roomId);
      if (!records) throw noSuchRoom(roomId);
      const mayAll = user.grants.moderate;
      return { roomId, records: records.filter(({ userId }) => mayAll || userId === user.userId) };
    },
  };

  const carryOut = async (call: Call): Promise<object> => {
    const { operation, params, user, json } = call;
    if (isRoomOperation(operation)) return await roomHandlers[operation](call, params['roomId'] ?? '');
    const session = sessionOf(user);
    try {
      return await session.during(() => handle(operation, session.peer, { params, json }));
    } catch (error) {
      if (!isParlorError(error) || toWireError(error).code !== 'NOT_JOINED') throw error;
      // What it was about has ended while it was being answered.
      if (session.peer.closed) throw youAreInNoRoom();
      throw new ParlorError('TRANSPORT_NOT_FOUND', 'the transport was closed meanwhile', { cause: error });
    }
  };

  const refuse = (error: unknown, request: Request, language: Language): Answer => {
    if (!isParlorError(error) && !request.signal.aborted)
      logger.error(
        { err: error, method: request.method, path: new URL(request.url).pathname },
        'request failed',
      );
    return failure(error, language);
  };

  const respond = async (call: Call, language: Language): Promise<Answer> => {
    const { request, user, params, operation } = call;
    const once = async (): Promise<Answer> => {
      try {
        return success(await carryOut(call));
      } catch (error) {
        return refuse(error, request, language);
      }
    };
    const key = request.method === 'GET' ? undefined : idempotencyKey(request);
    if (key === undefined) return await once();
    const { repeated, ...answer } = await keys.once(
      {
        userId: user.userId,
        target: JSON.stringify([operation, params]),
        key,
        body: JSON.stringify(call.json ?? null),
      },
      once,
    );
    return repeated ? { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } } : answer;
  };

  return {
    name: 'rtcRest',
    routes,

    async handleRequest(request, url, client) {
      const language = languageOf(request.headers, UNSAID);
      try {
        const found = findRoute(routes, { method: request.method, pathname: url.pathname });
        if (!found) return null;
        if ('allow' in found) {
          const error = new ParlorError('METHOD_NOT_ALLOWED', `this address takes ${found.allow}`);
          return toResponse(failure(error, language, found.allow));
        }
        const { operation } = found.route;
        const params = checked(found.params);
        const user = await authorize(request, params['roomId']);
        if (operation === 'listen') return sessionOf(user).listen(lastEventId(request));
        const json = found.route.body ? await bodyOf(request) : undefined;
        return toResponse(await respond({ request, client, operation, params, user, json }, language));
      } catch (error) {
        return toResponse(refuse(error, request, language));
      }
    },

    close() {
      sessions.close();
    },
  };
}

const isRoomOperation = (operation: RtcOperation): operation is RoomOperation =>
  !Object.hasOwn(handlers, operation);

async function handle<K extends PeerOperation>(
  operation: K,
  peer: PeerCall<K>['peer'],
  { params, json }: { params: Readonly<Record<string, string>>; json: unknown },
): Promise<RtcAnswer<K>> {
  const route = RtcRoutes[operation];
  const body = 'body' in route ? validate(route.body, json, 'body') : undefined;
  const [id = ''] = Object.values(params);
  return await handlers[operation]({ peer, id, body: body as PeerCall<K>['body'] });
}

/** No body is as good as an empty one. */
async function bodyOf(request: Request): Promise<unknown> {
  const json = await readJson(request, MAX_MESSAGE_BYTES);
  return json === undefined ? {} : json;
}

/** @throws BAD_REQUEST */
function checked(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      validate(RtcPathParameters[name as keyof typeof RtcPathParameters], value, name),
    ]),
  );
}

/** @throws BAD_REQUEST */
function idempotencyKey({ headers }: Request): string | undefined {
  const key = headers.get('idempotency-key');
  if (key === null) return undefined;
  if (key.length >= 1 && key.length <= MAX_KEY_LENGTH) return key;
  throw new ParlorError('BAD_REQUEST', `Idempotency-Key must have 1 to ${String(MAX_KEY_LENGTH)} characters`);
}

/** Where a browser goes on after it has lost the connection; the query is for those that cannot send headers. */
const lastEventId = ({ headers, url }: Request): string | undefined =>
  headers.get('last-event-id') ?? new URL(url).searchParams.get('lastEventId') ?? undefined;

const noSuchRoom = (roomId: string) => new ParlorError('ROOM_NOT_FOUND', `there is no room ${roomId}`);

const youAreInNoRoom = () =>
  new ParlorError('ROOM_NOT_FOUND', 'you are in no room: enter one with POST /rtc/rooms/{roomId}/join');
