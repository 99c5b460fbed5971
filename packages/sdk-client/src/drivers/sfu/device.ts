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

export type Direction = 'send' | 'recv';

/**
 * Chromium agrees to send it and never does, and mediasoup then waits for it before it switches simulcast
 * layers. Our server leaves it out; others may not.
 */
const ABS_CAPTURE_TIME = /\/abs-capture-time$/;

/**
 * What a browser can do, by direction: finding it out takes a throw-away peer connection each, which can be asked while
 * the network is waited for, and is asked once.
 */
export class Abilities {
  readonly #answers = new Map<Direction, Promise<RtpCapabilities>>();

  constructor(private readonly handler: HandlerFactory) {}

  ask(direction: Direction): Promise<RtpCapabilities> {
    const known = this.#answers.get(direction);
    const answer = known ?? this.handler.getNativeRtpCapabilities({ direction: `${direction}only` });
    this.#answers.set(direction, answer);
    return answer;
  }

  /** Devices that know what both sides can do in one direction, and nothing of the other; made by the first who asks. */
  devices(router: RtpCapabilities): (direction: Direction) => Promise<Device> {
    const devices = new Map<Direction, Promise<Device>>();
    return (direction) => {
      const device = devices.get(direction) ?? this.#load(direction, router);
      devices.set(direction, device);
      return device;
    };
  }

  async #load(direction: Direction, router: RtpCapabilities): Promise<Device> {
    const handlerFactory = { ...this.handler, getNativeRtpCapabilities: () => this.ask(direction) };
    const device = new Device({ handlerFactory });
    const headerExtensions = router.headerExtensions?.filter(({ uri }) => !ABS_CAPTURE_TIME.test(uri));
    await device.load({
      routerRtpCapabilities: { ...router, ...(headerExtensions ? { headerExtensions } : {}) },
    });
    return device;
  }
}
