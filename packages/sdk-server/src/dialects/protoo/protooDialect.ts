import {
  PeerId,
  PROTOO_SUBPROTOCOL,
  RoomId,
  type HealthBody,
  type RoomCapabilitiesBody,
} from '@parlor/protocol';
import { z } from 'zod';
import { createResumeTokens } from '../../access/resumeTokens.js';
import type { Access, Authorization } from '../../access/types.js';
import type { Rooms } from '../../core/types.js';
import { isParlorError, ParlorError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { Dialect, SocketHandler } from '../dialect.js';
import { decodeSegment } from '../routing.js';
import { validate } from '../validate.js';
import type { SessionRooms } from './ProtooSession.js';
import { ProtooSocket } from './ProtooSocket.js';
import { protooRoutes } from './routes.js';
import type { Timer } from '../timer.js';
import { Returns } from './Returns.js';
import { Sessions } from './Sessions.js';

const SocketQuery = z.object({ roomId: RoomId, peerId: PeerId });
type Client = z.infer<typeof SocketQuery>;

export interface ProtooDialectOptions {
  readonly rooms: SessionRooms & Pick<Rooms, 'get'>;
  readonly access: Access;
  readonly logger: Logger;
  readonly timer: Timer & {
    /** Milliseconds since 1970. */
    now(): number;
  };
  /** As `resumeKey` makes it. */
  readonly resumeKey: Uint8Array<ArrayBuffer>;
  readonly resumeGraceMs?: number | undefined;
  /** The server is going to end. Default: it is not. */
  readonly isDraining?: () => boolean;
}

const RESUME_GRACE_MS = 30_000;

/** The native protocol: `GET /health`, `GET /rooms/:roomId`, WebSocket on `/` and `/ws`. */
export function protooDialect(options: ProtooDialectOptions): Dialect {
  const { rooms, access, logger, timer, resumeKey: key, resumeGraceMs: graceMs = RESUME_GRACE_MS } = options;
  const now = () => timer.now();
  const sessions = new Sessions(timer, graceMs);
  const returns = new Returns(createResumeTokens({ key, graceMs, now }), now);

  /** Who was in a room stays in it although the token that let them in has expired: a line that breaks is no new visit. */
  async function authorize(
    request: Request,
    resumeToken: string | null,
    client: Client,
  ): Promise<Authorization> {
    try {
      return await access.authorize(request, { room: client.roomId, action: 'join' });
    } catch (error) {
      if (!isParlorError(error) || error.code !== 'TOKEN_EXPIRED' || resumeToken === null) throw error;
      const known =
        sessions.get(resumeToken)?.authorizationFor(client) ??
        (await returns.authorization(resumeToken, client));
      if (!known) throw error;
      return known;
    }
  }

  return {
    name: 'protoo',
    routes: protooRoutes,

    async handleRequest(request, url) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return null;
      if (url.pathname === '/health') return health(options.isDraining?.() ?? false);
      const segment = /^\/rooms\/([^/]+)$/.exec(url.pathname)?.[1];
      if (segment === undefined) return null;
      const roomId = validate(RoomId, decodeSegment(segment), 'roomId');
      await access.authorize(request, { room: roomId, action: 'join' });
      const room = rooms.get(roomId);
      if (!room) throw new ParlorError('ROOM_NOT_FOUND', `there is no room ${roomId}`);
      const { codecs = [], headerExtensions = [] } = await room.serverCapabilities();
      return Response.json({ codecs, headerExtensions } satisfies RoomCapabilitiesBody);
    },

    async handleUpgrade(request, url, { address }): Promise<SocketHandler | null> {
      if (!isOurs(request, url)) return null;
      const client = detached(validate(SocketQuery, Object.fromEntries(url.searchParams), 'query'));
      const authorization = await authorize(request, url.searchParams.get('resumeToken'), client);
      const subprotocol = offersProtoo(request) ? PROTOO_SUBPROTOCOL : undefined;
      return new ProtooSocket(subprotocol, {
        roomId: client.roomId,
        peerId: client.peerId,
        authorization,
        address,
        rooms,
        sessions,
        returns,
        logger,
      });
    },
  };
}

/** Copied: a part of the URL would keep all of it in memory, the token included. */
const detached = ({ roomId, peerId }: Client): Client => ({ roomId: copied(roomId), peerId: copied(peerId) });

const copied = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

const health = (isDraining: boolean): Response =>
  isDraining
    ? Response.json({ message: 'draining' } satisfies HealthBody, { status: 503 })
    : Response.json({ message: 'ok' } satisfies HealthBody);

/** `/ws` is ours alone; `/` is shared with whatever the host application has there. */
function isOurs(request: Request, url: URL): boolean {
  if (url.pathname === '/ws') return true;
  return url.pathname === '/' && (offersProtoo(request) || url.searchParams.has('roomId'));
}

export const offersProtoo = (request: Request): boolean =>
  (request.headers.get('sec-websocket-protocol') ?? '')
    .split(',')
    .some((p) => p.trim() === PROTOO_SUBPROTOCOL);
