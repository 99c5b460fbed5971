import { LOOK_INTERVAL } from '../drivers/sfu/keeper/Keeper.js';
import { settle } from '../testing/index.js';
import type { MediaRepair } from '../types.js';
import { FakeWire } from './FakeWire.js';
import { until } from './kit.js';
import { alone, consumer, handlers, media, outgoing, producers } from './sfuDriver.js';

/** A call: microphone and camera go out, a microphone comes in, and media moves. */
export async function call({
  iceServers = [],
  isUncounted = false,
}: {
  iceServers?: RTCIceServer[];
  /** By the browser: connectivity checks. */
  isUncounted?: boolean;
} = {}) {
  const setup = await alone({ iceServers });
  const { driver, platform, requests, answers, send, recv } = setup;
  const { clock } = platform;
  const told: string[] = [];
  const replaced: string[] = [];
  const scores: string[] = [];
  const lost: string[] = [];
  driver
    .on('stateChanged', (state) => told.push(state))
    .on('repair', ({ direction, step, reason }: MediaRepair) => told.push(`${direction} ${step} ${reason}`))
    .on('error', ({ code }) => told.push(code))
    .on('trackReplaced', (producerId) => replaced.push(producerId))
    .on('trackLost', (producerId) => lost.push(producerId))
    .on('score', (producerId, score, own) => {
      const line = `${own ? 'own' : 'their'} ${producerId} ${String(score)}`;
      if (scores.at(-1) !== line) scores.push(line);
    });
  const wires: FakeWire[] = [];
  const wire = (direction: 'send' | 'recv'): FakeWire => {
    const handler = handlers[wires.length];
    if (!handler) throw new Error('no handler');
    const made = new FakeWire(handler, { direction, clock, isUncounted });
    wires.push(made);
    return made;
  };
  const [down, up] = [wire('recv'), wire('send')];
  up.streams.set('1', 'audio').set('2', 'video');
  down.streams.set('1', 'audio');
  Object.assign(answers, {
    restartIce: { iceParameters: { usernameFragment: 'u', password: 'p' } },
    connectWebRtcTransport: {},
    closeTransport: {},
    pauseProducer: {},
    pause: {},
    setPreferredLayers: {},
  });
  let produced = 0;
  setup.onRequest['produce'] = ({ producerId }) => ({
    producerId: producerId ?? `own-${String(++produced)}`,
  });
  setup.onRequest['subscribe'] = ({ producerIds }) => ({
    consumers: (producerIds as string[]).map((id) => ({
      ...consumer(id, false),
      consumerId: `c${String(requests.length)}-${id}`,
    })),
    failed: [],
  });
  setup.onRequest['createWebRtcTransport'] = ({ direction }) =>
    media().transport(`${String(direction)}-${String(requests.length)}`);
  await driver.publish(outgoing('audio'));
  await driver.publish(outgoing('video'));
  await driver.subscribe(producers.slice(0, 1), { follow: true });
  send.setConnectionState('connected');
  recv.setConnectionState('connected');
  await until(() => driver.state === 'connected' || clock.pending > 0);
  await clock.advance(LOOK_INTERVAL);
  await until(() => driver.state === 'connected');
  told.length = requests.length = 0;
  /** Time passes, and what the driver does in it is done. */
  const pass = async (milliseconds: number) => {
    await clock.advance(milliseconds);
    await settle();
  };
  return { ...setup, clock, told, replaced, scores, lost, wire, up, down, pass };
}
