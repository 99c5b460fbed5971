import { nanoid } from 'nanoid';
import { createAccess } from './access/access.js';
import { guardLockedRooms } from './access/lockedRooms.js';
import { resumeKey } from './access/resumeTokens.js';
import { DEFAULT_LIMITS, type CoreContext } from './core/context.js';
import { Pacer } from './core/Pacer.js';
import type { MediaBackend } from './core/ports.js';
import { RoomRegistry } from './core/RoomRegistry.js';
import { createCalls } from './createCalls.js';
import { Drain, guardDraining } from './drain.js';
import { P2pRooms } from './dialects/p2pRooms/P2pRooms.js';
import { p2pRoomsDialect } from './dialects/p2pRooms/p2pRoomsDialect.js';
import { protooDialect } from './dialects/protoo/protooDialect.js';
import { rtcRestDialect } from './dialects/rtcRest/rtcRestDialect.js';
import { RtcSessions } from './dialects/rtcRest/RtcSessions.js';
import { sdpWsDialect } from './dialects/sdpWs/sdpWsDialect.js';
import { whipDialect } from './dialects/whip/whipDialect.js';
import { createRequestHandler } from './http/handleRequest.js';
import { metricsRoute } from './http/metricsRoute.js';
import { openApi } from './http/openapi.js';
import { createUpgradeHandler } from './http/upgrade.js';
import { systemClock } from './ice/clock.js';
import { createIceServers } from './ice/iceServers.js';
import { silentLogger, type Logger } from './logger.js';
import { MediasoupBackend } from './media/mediasoup/MediasoupBackend.js';
import { NoMedia } from './media/NoMedia.js';
import { Metrics } from './observe/Metrics.js';
import { UsageRecorder } from './observe/UsageRecorder.js';
import type { ParlorOptions } from './options.js';
import type { Parlor } from './parlor.js';
import { createPeerSignal } from './peerSignal.js';

/**
 * Starts a Parlor: media workers, rooms and the wire protocols in front of them. Hand it the requests and upgrades
 * of a web server, by one of the adapters or by yourself.
 *
 * @throws MEDIA_UNAVAILABLE when the workers cannot start; a plain Error for options that cannot work. Both name
 * the way out.
 */
export async function createParlor(options: ParlorOptions): Promise<Parlor> {
  const { logger = silentLogger, basePath = '', media = {}, hooks = {} } = options;
  const { readers } = options.metrics ?? {};
  // Options that cannot work are found before workers are started.
  const isDraining = () => drain.isDraining;
  const door = guardDraining(createAccess(options.access), isDraining);
  const signWith = resumeKey(options);
  const ice = createIceServers(options.ice ?? {}, { logger });
  const p2pRooms = new P2pRooms({
    options: options.p2pRooms ?? {},
    iceServers: ice.serversFor,
    rooms: { open: (id, how) => rooms.open(id, how) },
    carriesMedia: media !== 'none',
    clock: systemClock,
    logger,
  });
  const operations = readers ? [metricsRoute(readers, () => metrics.scrape())] : [];
  const backend = await openBackend(media, logger);
  ice.start();
  const context: CoreContext = {
    backend,
    topology: options.topology ?? (media === 'none' ? 'p2p' : 'auto'),
    maxP2pParticipants: options.maxP2pParticipants,
    forwarding: { lastN: options.lastN, maxAudible: options.maxAudible },
    now: systemClock.now,
    timer: systemClock,
    onDuplicate: options.onDuplicate,
    hooks,
    logger,
    iceServers: ice.serversFor,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    pacer: new Pacer(),
    prepareRoom: (id, joining) => p2pRooms.prepare(id, joining),
    newSecret: () => nanoid(32),
  };
  const rooms = new RoomRegistry(context);
  const drain = new Drain({ rooms, clock: systemClock });
  const usage = new UsageRecorder({ rooms, clock: systemClock, hooks, logger });
  const metrics = new Metrics({ rooms, backend, usage, clock: systemClock }, options.metrics ?? {});
  const calls = createCalls({ rooms, context, access: door, options });
  const welcome = guardDraining(calls.access, isDraining);
  const access = guardLockedRooms(welcome, p2pRooms);
  const rtcSessions = new RtcSessions({ rooms, clock: systemClock });
  usage.on('recorded', (record) => {
    rtcSessions.tellUsage(record);
  });
  const dialects = [
    protooDialect({
      rooms,
      access,
      logger,
      timer: systemClock,
      resumeKey: signWith,
      resumeGraceMs: options.resumeGraceMs,
      isDraining,
    }),
    calls.dialect,
    p2pRoomsDialect({ rooms: p2pRooms, access: welcome, logger }),
    rtcRestDialect({ sessions: rtcSessions, rooms, usage, access, logger, now: systemClock.now }),
    sdpWsDialect({ rooms, access, timer: systemClock, logger }),
    whipDialect({ rooms, access, timer: systemClock, logger }),
    ...operations,
  ];
  const described = [...dialects, openApi(dialects, basePath)];
  const http = { dialects: described, basePath, trustedProxies: options.trustedProxies, logger };
  const { socketLimits = {}, trustedProxies } = options;
  const peerSignal = createPeerSignal({ rooms, access, logger, limits: socketLimits, trustedProxies });
  const handleRequest = createRequestHandler(http);
  const upgrades = createUpgradeHandler({ ...http, limits: options.socketLimits ?? {}, isDraining });

  let closing: Promise<void> | undefined;
  return {
    rooms,
    handleRequest,
    handleUpgrade: (request, socket, head) => upgrades.handle(request, socket, head),
    metrics: () => metrics.scrape(),
    attachPeerSignal: (server, how) => peerSignal.attach(server, how),
    drain: (options) => drain.start(typeof options === 'number' ? { ms: options } : options),
    close: () =>
      (closing ??= (async () => {
        // Clients hear why before their sockets go.
        calls.desk.close();
        rooms.close('serverClosing');
        p2pRooms.close();
        peerSignal.close();
        ice.close();
        rtcSessions.close();
        // The last figures come from the workers.
        await Promise.all([upgrades.close(), usage.close()]);
        metrics.close();
        backend.close();
      })()),
  };
}

async function openBackend(
  media: NonNullable<ParlorOptions['media']>,
  logger: Logger,
): Promise<MediaBackend> {
  if (media === 'none') return new NoMedia();
  return 'createRoom' in media ? media : await MediasoupBackend.open(media, logger);
}
