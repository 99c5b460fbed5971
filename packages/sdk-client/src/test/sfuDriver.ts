import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler';
import * as fakeParameters from 'mediasoup-client/fakeParameters';
import type { DriverContext, PublishRequest, RemoteProducer } from '../drivers/MediaDriver.js';
import { SfuDriver } from '../drivers/sfu/SfuDriver.js';
import { silentLogger } from '../logger.js';
import { FakeMediaStreamTrack, FakePlatform } from '../testing/index.js';

/* mediasoup-client without a browser: its own handler for tests, which negotiates for real and sends nothing. */

/** Those made since `joined`: of the recv transport, the send transport, and whichever came then. */
export const handlers: FakeHandler[] = [];
/** ICE servers that each of them was made with. */
export const servers: unknown[] = [];

export function fakeHandler() {
  const factory = FakeHandler.createFactory(fakeParameters);
  return {
    ...factory,
    factory: (...args: Parameters<typeof factory.factory>) => {
      const handler = factory.factory(...args);
      if (handler instanceof FakeHandler) handlers.push(handler);
      servers.push(args[0].iceServers);
      return handler;
    },
  };
}

const router = fakeParameters.generateRouterRtpCapabilities();
const ABS_CAPTURE_TIME = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time';

export const media = () => ({
  rtpCapabilities: {
    ...router,
    headerExtensions: [
      ...(router.headerExtensions ?? []),
      {
        kind: 'video' as const,
        uri: ABS_CAPTURE_TIME,
        preferredId: 14,
        preferredEncrypt: false,
        direction: 'sendrecv' as const,
      },
    ],
  },
  transport: (id: string) => ({ ...fakeParameters.generateTransportRemoteParameters(), id }),
  consumerParameters: (kind: 'audio' | 'video') =>
    fakeParameters.generateConsumerRemoteParameters({
      codecMimeType: kind === 'audio' ? 'audio/opus' : 'video/VP8',
    }).rtpParameters,
});

/** A driver that has just joined, whose server is the test: requests are recorded, and answered when the test says so. */
export async function joined(rtcConfiguration: DriverContext['rtcConfiguration'] = {}) {
  handlers.length = servers.length = 0;
  const platform = new FakePlatform();
  const requests: { method: string; data: Record<string, unknown>; answer: (data: unknown) => void }[] = [];
  const answers: Record<string, unknown> = {};
  const onRequest: Record<string, (data: Record<string, unknown>) => unknown> = {};
  const told: { method: string; data: unknown }[] = [];
  const context: DriverContext = {
    tell: (method, data) => told.push({ method, data }),
    platform,
    logger: silentLogger,
    rtcConfiguration,
    request: (method, data) =>
      new Promise((answer) => {
        const given = (data ?? {}) as Record<string, unknown>;
        requests.push({ method, data: given, answer });
        if (method in answers) answer(answers[method]);
        else if (method in onRequest) answer(onRequest[method]?.(given));
      }),
  };
  const driver = new SfuDriver(context, fakeHandler);
  await driver.prepare();
  const { rtpCapabilities, transport } = media();
  await driver.open({
    rtpCapabilities,
    iceServers: [],
    transports: { send: transport('send'), recv: transport('recv') },
  });
  const methods = () => requests.map(({ method }) => method);
  return { driver, platform, requests, told, answers, onRequest, methods };
}

/** The same with both of its transports made. */
export async function alone(rtcConfiguration?: DriverContext['rtcConfiguration']) {
  const setup = await joined(rtcConfiguration);
  await setup.driver.prepareToSend();
  const [recv, send] = handlers;
  if (!send || !recv) throw new Error('no handlers');
  return { ...setup, send, recv };
}

export const outgoing = (kind: 'audio' | 'video', more: Partial<PublishRequest> = {}): PublishRequest => ({
  mediaStreamTrack: new FakeMediaStreamTrack({
    kind,
    settings: kind === 'video' ? { width: 1280, height: 720 } : {},
  }),
  kind,
  source: kind === 'audio' ? 'microphone' : 'camera',
  muted: false,
  options: {},
  ...more,
});

export const producers: RemoteProducer[] = ['p1', 'p2', 'p3'].map((producerId) => ({
  producerId,
  peerId: 'a',
  kind: 'audio',
  source: 'microphone',
  paused: false,
}));

export const consumer = (producerId: string, paused: boolean) => ({
  consumerId: `c-${producerId}`,
  producerId,
  kind: 'audio',
  paused,
  rtpParameters: media().consumerParameters('audio'),
});
