import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler';
import * as fakeParameters from 'mediasoup-client/fakeParameters';
import type { types } from 'mediasoup-client';
import { SfuDriver } from '../drivers/sfu/SfuDriver.js';
import type { DriverFactory } from '../drivers/MediaDriver.js';
import type { TrackKind } from '../types.js';

interface Entry {
  state: types.ConnectionState;
  readonly tracks: Set<unknown>;
}

/**
 * The media side of a server, without media: mediasoup-client with its own handler for tests, which negotiates for real.
 * Transports connect by themselves and bring a frame or a packet for each look at the statistics.
 */
export class FakeSfu {
  /** False: what is connected carries nothing. */
  flows = true;
  /** Nothing connects while it is set. */
  isCut = false;
  readonly #handlers = new Map<FakeHandler, Entry>();

  readonly media = {
    rtpCapabilities: fakeParameters.generateRouterRtpCapabilities(),
    transport: (id: string) => ({ ...fakeParameters.generateTransportRemoteParameters(), id }),
    consumerParameters: (kind: TrackKind) =>
      fakeParameters.generateConsumerRemoteParameters({
        codecMimeType: kind === 'audio' ? 'audio/opus' : 'video/VP8',
      }).rtpParameters,
  };

  readonly driver: DriverFactory = (context) => new SfuDriver(context, () => this.#handlerFactory());

  /** Transports that are open. */
  get open(): number {
    return this.#open.length;
  }

  /** Whether this is media of an open transport. */
  carries(track: MediaStreamTrack): boolean {
    return this.#open.some(([, { tracks }]) => tracks.has(track));
  }

  /** The process that carries it is gone: nothing comes by what is open now. */
  die(): void {
    for (const [, entry] of this.#open) entry.state = 'disconnected';
  }

  /** As browsers say some time after it. */
  fail(state: types.ConnectionState): void {
    for (const [handler] of this.#open) handler.setConnectionState(state);
  }

  get #open(): [FakeHandler, Entry][] {
    return [...this.#handlers].filter(([, { state }]) => state !== 'closed');
  }

  #handlerFactory(): types.HandlerFactory {
    const fake = FakeHandler.createFactory(fakeParameters);
    return {
      ...fake,
      factory: (options) => {
        const handler = fake.factory(options);
        if (handler instanceof FakeHandler) this.#watch(handler);
        return handler;
      },
    };
  }

  #watch(handler: FakeHandler): void {
    const entry: Entry = { state: 'new', tracks: new Set() };
    this.#handlers.set(handler, entry);
    handler.on('@connectionstatechange', (state) => {
      entry.state = state;
      if (state !== 'connecting' || this.isCut) return;
      queueMicrotask(() => {
        if (entry.state === 'connecting') handler.setConnectionState('connected');
      });
    });
    const close = handler.close.bind(handler);
    handler.close = () => {
      entry.state = 'closed';
      close();
    };
    const receive = handler.receive.bind(handler);
    handler.receive = async (list) => {
      const results = await receive(list);
      for (const { track } of results) entry.tracks.add(track);
      return results;
    };
    const arrived = new Map<string, number>();
    handler.getReceiverStats = (localId) => {
      const count = arrived.get(localId) ?? 0;
      const now = entry.state === 'connected' && this.flows ? count + 1 : count;
      arrived.set(localId, now);
      const counters = { packetsReceived: now, framesDecoded: now };
      const stream = { id: 'in', type: 'inbound-rtp', codecId: 'codec', ...counters };
      const pair = {
        id: 'pair',
        type: 'candidate-pair',
        state: entry.state === 'connected' ? 'succeeded' : 'in-progress',
      };
      return Promise.resolve(
        new Map<string, object>([
          ['in', stream],
          ['pair', pair],
        ]),
      );
    };
  }
}
