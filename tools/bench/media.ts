import { FanOutArm } from './fanOut.js';
import type { Kind } from './fanOut/streams.js';
import { compareForwarding, type Against, type PerPacket } from './forwarding.js';
import type { Bench } from './harness/Bench.js';

const PACKET: Record<Kind, string> = {
  video: 'video packet (VP8, 1200 bytes)',
  audio: 'audio packet (Opus, 100 bytes)',
};

const ofWorker: PerPacket = ({ workerMs, received }) => (workerMs * 1000) / received;
/** With the process that owns the worker, for who has no such two. */
const ofAll: PerPacket = ({ nodeMs, workerMs, received }) => ((nodeMs + workerMs) * 1000) / received;

/** What our rooms add to mediasoup where media passes: nothing. */
const againstRaw = (name: string, kind: Kind): Bench => ({
  name,
  about: `CPU of the media worker for each ${PACKET[kind]} that reaches one of 1 to 200 clients: a room of ours / mediasoup by hand`,
  run: () =>
    compareForwarding(
      { baseline: () => FanOutArm.raw(kind), candidate: () => FanOutArm.parlor(kind) },
      {
        of: 'mediasoup by hand',
        bounds: { goal: { atMost: 1.05 }, gate: { atMost: 1.1 } },
        cost: ofWorker,
        rounds: { one: { processes: 3, rounds: 3 }, more: 5 },
      },
    ),
});

/** The same against another server. */
const againstJanus = (
  name: string,
  { kind, eventLoops, bounds }: { kind: Kind; eventLoops: number; bounds: Against['bounds'] },
): Bench => ({
  name,
  about: `CPU of the server for each ${PACKET[kind]} that reaches one of 1 to 200 clients: a room of ours / a VideoRoom of Janus as Debian builds and configures it${eventLoops > 0 ? ', but with one event loop for all connections (event_loops = 1)' : ''}`,
  needs: { program: 'PARLOR_JANUS', what: 'Janus (apt-get install janus)' },
  run: () =>
    compareForwarding(
      { baseline: () => FanOutArm.janus(kind, eventLoops), candidate: () => FanOutArm.parlor(kind) },
      // What is between the two is far more than noise, and Janus takes its time to connect.
      { of: 'Janus', bounds, cost: ofAll, rounds: { one: { processes: 2, rounds: 4 }, more: 5 } },
    ),
});

const asItComes = { eventLoops: 0, bounds: { goal: { atMost: 0.65 }, gate: { atMost: 0.9 } } };
/** All its connections share one thread, which is its fastest way. */
const oneLoop = { eventLoops: 1, bounds: { goal: { atMost: 0.9 }, gate: { atMost: 1 } } };

export const media: readonly Bench[] = [
  againstRaw('media', 'video'),
  againstRaw('media-audio', 'audio'),
  againstJanus('janus', { kind: 'video', ...asItComes }),
  againstJanus('janus-audio', { kind: 'audio', ...asItComes }),
  againstJanus('janus-loop', { kind: 'video', ...oneLoop }),
  againstJanus('janus-loop-audio', { kind: 'audio', ...oneLoop }),
];
