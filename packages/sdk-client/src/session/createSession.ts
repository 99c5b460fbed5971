import type { DriverFactory } from '../drivers/MediaDriver.js';
import { sfuDriver } from '../drivers/sfu/SfuDriver.js';
import type { Logger } from '../logger.js';
import type { RoomOptions } from '../options.js';
import type { Platform } from '../platform.js';
import { ProtooChannel } from '../signaling/ProtooChannel.js';
import { defaultReconnectPolicy } from '../signaling/reconnectPolicy.js';
import { socketUrl, type Target } from '../signaling/url.js';
import { Session } from './Session.js';

const CONNECT_TIMEOUT = 15_000;
const REQUEST_TIMEOUT = 10_000;

interface SessionRequest {
  readonly settings: RoomOptions;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly target: Target;
  readonly displayName: string;
  readonly returning: boolean;
}

/** What changes paths is loaded apart. */
export async function loadDriver(topology: RoomOptions['topology'] = 'auto'): Promise<DriverFactory> {
  const { loadSwitcher } = await import('../drivers/switcher/loadSwitcher.js');
  return await loadSwitcher(topology, sfuDriver);
}

/** A session with the room's options and their defaults. @throws ParlorError `INVALID_URL` */
export function createSession(request: SessionRequest): { session: Session; roomId: string } {
  const { settings, platform, logger, target, displayName, returning } = request;
  const { roomId } = socketUrl(target, platform.page.href);
  const session = new Session({
    platform,
    logger,
    target,
    returning,
    policy: settings.reconnectPolicy ?? defaultReconnectPolicy,
    connectTimeout: settings.connectTimeout ?? CONNECT_TIMEOUT,
    requestTimeout: settings.requestTimeout ?? REQUEST_TIMEOUT,
    openChannel: settings.channel ?? ((options) => ProtooChannel.open(options)),
    createDriver: settings.driver ?? (async (context) => (await loadDriver(settings.topology))(context)),
    rtcConfiguration: settings.rtcConfiguration ?? {},
    uplinkBitrate: settings.uplinkBitrate,
    dynacast: settings.dynacast ?? true,
    displayName: displayName === '' ? undefined : displayName,
  });
  return { session, roomId };
}
