import { Device, detectDevice } from 'mediasoup-client';
import { Chrome111 } from 'mediasoup-client/handlers/Chrome111';
import { Chrome74 } from 'mediasoup-client/handlers/Chrome74';
import { Firefox120 } from 'mediasoup-client/handlers/Firefox120';
import { Safari12 } from 'mediasoup-client/handlers/Safari12';
import type { types } from 'mediasoup-client';
import { ParlorError } from '../../errors.js';

type HandlerFactory = types.HandlerFactory;
type RtpCapabilities = types.RtpCapabilities;

const HANDLERS: Partial<
  Record<types.BuiltinHandlerName, { createFactory(options: object): HandlerFactory }>
> = {
  Chrome111,
  Chrome74,
  Firefox120,
  Safari12,
};

/** @throws ParlorError `BROWSER_UNSUPPORTED` */
export function browserHandler(): HandlerFactory {
  const name = typeof RTCPeerConnection === 'undefined' ? undefined : detectDevice();
  const handler = name && HANDLERS[name];
  if (handler) return handler.createFactory({});
  throw new ParlorError('BROWSER_UNSUPPORTED', 'This browser has no WebRTC that works. Use a current one.');
}

type Direction = 'recvonly' | 'sendonly';

/**
 * `handler` with its answers about the browser's capabilities kept: finding them out takes two throw-away peer
 * connections, which can run while the network is waited for.
 */
export function askAhead(handler: HandlerFactory): { factory: HandlerFactory; ask: () => Promise<unknown> } {
  const answers = new Map<Direction, Promise<RtpCapabilities>>();
  const about = (direction: Direction): Promise<RtpCapabilities> => {
    let answer = answers.get(direction);
    if (!answer) answers.set(direction, (answer = handler.getNativeRtpCapabilities({ direction })));
    return answer;
  };
  return {
    factory: { ...handler, getNativeRtpCapabilities: ({ direction }) => about(direction) },
    ask: () => Promise.all([about('recvonly'), about('sendonly')]),
  };
}

/**
 * Chromium agrees to send it and never does, and mediasoup then waits for it before it switches simulcast
 * layers. Our server leaves it out; others may not.
 */
const ABS_CAPTURE_TIME = /\/abs-capture-time$/;

/** A device that knows what both sides can do. */
export async function loadDevice(handler: HandlerFactory, router: RtpCapabilities): Promise<Device> {
  const device = new Device({ handlerFactory: handler });
  const headerExtensions = router.headerExtensions?.filter(({ uri }) => !ABS_CAPTURE_TIME.test(uri));
  await device.load({
    routerRtpCapabilities: { ...router, ...(headerExtensions ? { headerExtensions } : {}) },
  });
  return device;
}
