import type { types } from 'mediasoup-client';
import type { SfuSender } from '../SfuSender.js';

type Sender = Pick<SfuSender, 'sent' | 'demands'>;

/** What browsers have been told, or are being told. */
const told = new WeakMap<types.Producer, number>();
/** Changes under way: browsers take one after the other (W3C WebRTC §5.2, setParameters). */
const changes = new WeakMap<types.Producer, Promise<void>>();

/** Nothing of it is sent, as nobody watches it. */
export const rests = ({ demands }: Sender, producerId: string): boolean => demands.get(producerId) === -1;

/** Sends of each video those layers that are wanted, the lowest first; they are switched, and nothing is negotiated. */
export function limitLayers({ sent, demands }: Sender, failed: (error: unknown) => void): void {
  for (const [producerId, { producer }] of sent) {
    const wanted = demands.get(producerId);
    if (wanted === undefined || told.get(producer) === wanted) continue;
    told.set(producer, wanted);
    const before = changes.get(producer) ?? Promise.resolve();
    const change = before
      .then(() => limit(producer, told.get(producer) ?? Infinity))
      .catch((error: unknown) => {
        // It is tried again.
        told.delete(producer);
        failed(error);
      });
    changes.set(producer, change);
  }
}

async function limit(
  { closed, rtpSender: sender, rtpParameters }: types.Producer,
  highest: number,
): Promise<void> {
  if (closed || !sender) return;
  const parameters = sender.getParameters();
  const rids = rtpParameters.encodings?.map(({ rid }) => rid) ?? [];
  const isSingle = parameters.encodings.length === 1;
  let isNew = false;
  for (const encoding of parameters.encodings) {
    // Browsers may have an order of their own.
    const layer = isSingle ? 0 : rids.indexOf(encoding.rid);
    const active = layer <= highest;
    isNew ||= active !== encoding.active;
    encoding.active = active;
  }
  if (isNew) await sender.setParameters(parameters);
}
