import type { types } from 'mediasoup';
import type * as ortc from 'mediasoup/ortc';

/** What mediasoup makes RTP parameters with: for a consumer, and of a producer for all who consume it. */
type Makers = Pick<typeof ortc, 'getConsumerRtpParameters' | 'getConsumableRtpParameters'>;
type Maker = (...from: unknown[]) => types.RtpParameters;

let makers: Record<keyof Makers, Maker> | undefined;

/** To be called before media is: where mediasoup does not export them, or not so, everything works without. */
export async function findMakers(): Promise<void> {
  const exported = await import('mediasoup/ortc').then(
    (module: { default?: unknown }) => Object(module.default) as object,
    () => ({}),
  );
  const isOpen = (name: keyof Makers) => Object.getOwnPropertyDescriptor(exported, name)?.writable;
  if (isOpen('getConsumerRtpParameters') && isOpen('getConsumableRtpParameters'))
    makers = exported as Record<keyof Makers, Maker>;
}

export interface Made<T> {
  readonly made: Promise<T>;
  /** Those that mediasoup has, not a copy; undefined: it has to be asked for one. */
  readonly parameters: types.RtpParameters | undefined;
}

/** `transport.consume()`, and the consumer's `rtpParameters`. */
export const consume = (transport: types.Transport, options: types.ConsumerOptions): Made<types.Consumer> =>
  making('getConsumerRtpParameters', () => transport.consume(options));

/** `transport.produce()`, and the producer's `consumableRtpParameters`. */
export const produce = (transport: types.Transport, options: types.ProducerOptions): Made<types.Producer> =>
  making('getConsumableRtpParameters', () => transport.produce(options));

/**
 * mediasoup clones parameters each time they are read, and those of each consumer have to be read, to tell the client:
 * one part in twenty of all that a join costs. They are made before the call first waits, so that whatever is made until
 * it returns belongs to what it makes. Nothing is changed in them, and after the call all is as it was.
 */
function making<T>(name: keyof Makers, call: () => Promise<T>): Made<T> {
  if (!makers) return { made: call(), parameters: undefined };
  const make = makers[name];
  let parameters: types.RtpParameters | undefined;
  makers[name] = (...from) => (parameters = make(...from));
  try {
    return { made: call(), parameters };
  } finally {
    makers[name] = make;
  }
}
