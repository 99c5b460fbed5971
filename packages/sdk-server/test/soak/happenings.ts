import type { Caller } from './Caller.js';
import type { Dice } from './Dice.js';
import { Refused } from './Line.js';

/** Something that a caller does, or that happens to its connection. */
export type Happening = (caller: Caller, dice: Dice) => Promise<unknown>;

/** What somebody else has ended just then. */
const GONE: ReadonlySet<string> = new Set(['CONSUMER_NOT_FOUND', 'PRODUCER_NOT_FOUND', 'PEER_NOT_FOUND']);

const unlessGone =
  (happening: Happening): Happening =>
  async (caller, dice) => {
    try {
      await happening(caller, dice);
    } catch (error) {
      if (!(error instanceof Refused) || !GONE.has(error.code)) throw error;
    }
  };

const speak: Happening = (caller) => caller.speak();

const whisper: Happening = ({ line, peers }, dice) =>
  line.request('sendMessage', { topic: 'whisper', payload: 'psst', to: dice.pick(peers) });

const signal: Happening = ({ line, peers }, dice) =>
  line.request('signal', { to: dice.pick(peers), candidate: null });

async function loseConnection({ line, resumeToken }: Caller): Promise<void> {
  await line.lose();
  await line.resume(resumeToken);
}

/** From one network to another: the old connection is not known to be dead. */
const changeNetwork: Happening = ({ line, resumeToken }) => line.resume(resumeToken);

/** Whether the message had arrived, nobody knows: it is said again. */
const loseAnswer: Happening = async (caller) => {
  const spoken = caller.speak();
  await loseConnection(caller);
  await spoken;
};

const mute: Happening = ({ line, own }, dice) =>
  line.request('pauseProducer', { producerId: dice.pick(own.keys()) });

const unmute: Happening = ({ line, own }, dice) =>
  line.request('resumeProducer', { producerId: dice.pick(own.keys()) });

const publishAnew: Happening = async (caller, dice) => {
  const [producerId, kind] = dice.pick(caller.own);
  await caller.unpublish(producerId);
  await caller.publish(kind);
};

const restartIce: Happening = ({ line, transports }, dice) =>
  line.request('restartIce', { transportId: dice.pick(Object.values(transports)) });

const renewTransport: Happening = (caller, dice) =>
  caller.renewTransport(dice.pick(['send', 'recv'] as const));

const withConsumer =
  (method: string, more: object = {}): Happening =>
  ({ line, consumers }, dice) =>
    line.request(method, { consumerId: dice.pick(consumers), ...more });

/** What may happen at any time, also while media changes to another path. */
export const ALWAYS: readonly Happening[] = [
  ...[speak, speak, whisper, signal],
  ...[loseConnection, changeNetwork, loseAnswer],
].map(unlessGone);

export const ANYWHERE: readonly Happening[] = [...ALWAYS, ...[mute, unmute, publishAnew].map(unlessGone)];

/** What happens where media goes through the server. */
export const ON_SERVER: readonly Happening[] = [
  ...ANYWHERE,
  ...[
    ...[restartIce, restartIce, renewTransport],
    ...[withConsumer('pause'), withConsumer('resume'), withConsumer('requestKeyFrame')],
    withConsumer('setPreferredLayers', { spatialLayer: 1 }),
  ].map(unlessGone),
];
