import type { types } from 'mediasoup-client';

/** Changes under way: browsers take one after the other (W3C WebRTC §5.2, setParameters). */
const changes = new WeakMap<types.Producer, Promise<void>>();

/** Sends those layers of a video that are wanted when it is its turn, the lowest first; layers are switched, nothing is negotiated. */
export async function limitLayers(producer: types.Producer, wanted: () => number | undefined): Promise<void> {
  const before = changes.get(producer) ?? Promise.resolve();
  const change = before.then(() => limit(producer, wanted() ?? Infinity));
  changes.set(
    producer,
    change.catch(() => undefined),
  );
  await change;
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
