import { setTimeout as delay } from 'node:timers/promises';
import { failureOf, type Failure } from './LoadError.js';
import { LoadPeer, type Wish } from './LoadPeer.js';
import { Ticker } from './media/Ticker.js';
import type { Samples } from './media/Sample.js';
import type { Publication } from './Publishing.js';
import { isWrongUse } from './ProtooSocket.js';
import { summarize, type LoadResult } from './measure/summarize.js';

export interface LoadPlan {
  url: string;
  roomId: string;
  peers: number;
  /** How many of them publish. */
  publish: number;
  /** How long media is measured when everybody is in. */
  durationMs: number;
  /** Joins that are begun each second. */
  joinsPerSecond: number;
  samples: Samples;
  wish?: Wish;
  tokenFor: (peerId: string) => Promise<string | undefined>;
}

export interface LoadHooks {
  /** Ends the measurement early. */
  signal?: AbortSignal | undefined;
  onProgress?: (text: string) => void;
}

/** How long a stream may take until its first packet, when everybody is in. */
const FIRST_MEDIA_WITHIN_MS = 15_000;
/** In a room that follows speakers, streams begin at any time. */
const SILENT_AFTER_MS = 5000;
const POLL_MS = 50;
/** One publisher speaks at a time, for so long. */
const TURN_MS = 4000;
const SPEAKING = 20;
const QUIET = 90;

const levelOf = (index: number, publishers: number) => (): number =>
  Math.floor(performance.now() / TURN_MS) % publishers === index ? SPEAKING : QUIET;

/**
 * Fills a room with clients, measures what they receive for a while, and has them leave.
 *
 * @throws LoadError when the first client already shows that the address or the token is wrong
 */
export async function runLoad(plan: LoadPlan, hooks: LoadHooks = {}): Promise<LoadResult> {
  const failures: Failure[] = [];
  const peers: LoadPeer[] = [];
  try {
    await joinAll(plan, { peers, failures, hooks });
    hooks.onProgress?.(`${String(peers.length)} joined, waiting for media`);
    await firstMedia(peers, hooks.signal);
    return await measure(plan, { peers, failures, hooks });
  } finally {
    await Promise.all(peers.map((peer) => peer.leave()));
  }
}

interface Run {
  peers: LoadPeer[];
  failures: Failure[];
  hooks: LoadHooks;
}

/** The first one alone: what is wrong with its address or token is wrong for all. Publishers come first. */
async function joinAll(plan: LoadPlan, { peers, failures, hooks }: Run): Promise<void> {
  const ticker = new Ticker();
  const join = async (index: number): Promise<void> => {
    const peerId = `load-${String(index + 1)}`;
    const publication: Publication | undefined =
      index < plan.publish
        ? { samples: plan.samples, ticker, level: levelOf(index, plan.publish) }
        : undefined;
    try {
      const token = await plan.tokenFor(peerId);
      const address = { url: plan.url, roomId: plan.roomId, peerId, token };
      peers.push(await LoadPeer.join({ address, publication, wish: plan.wish }));
    } catch (error) {
      if (index === 0 && isWrongUse(error)) throw error;
      failures.push(failureOf(error));
    }
  };
  await join(0);
  const joins: Promise<void>[] = [];
  for (let index = 1; index < plan.peers && !hooks.signal?.aborted; index++) {
    await delay(1000 / plan.joinsPerSecond);
    joins.push(join(index));
  }
  await Promise.all(joins);
}

/** Whether nothing has come of a stream that has been forwarded for so long. */
const isSilent = (peer: LoadPeer, forMs = 0): boolean => {
  const since = performance.now() - forMs;
  return peer.streams.some(
    ({ flowingSince = Infinity, counter }) => counter.firstAt === undefined && flowingSince <= since,
  );
};

const failuresOf = (peer: LoadPeer): Failure[] => {
  if (peer.failure) return [peer.failure];
  if (!isSilent(peer, SILENT_AFTER_MS)) return [];
  return [{ code: 'NO_MEDIA', message: `${peer.name} received nothing of a stream that was announced` }];
};

async function firstMedia(peers: readonly LoadPeer[], signal: AbortSignal | undefined): Promise<void> {
  const deadline = performance.now() + FIRST_MEDIA_WITHIN_MS;
  while (peers.some((peer) => isSilent(peer)) && performance.now() < deadline && !signal?.aborted)
    await delay(POLL_MS);
}

/** There is nothing left to measure. */
function allFailed(peers: readonly LoadPeer[]): AbortSignal {
  const controller = new AbortController();
  void Promise.all(peers.map(({ failed }) => failed)).then(() => {
    controller.abort();
  });
  return controller.signal;
}

/** Resolves after the time, or earlier when one of the signals says so. */
async function during(ms: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  const signal = AbortSignal.any(signals.filter((each) => each !== undefined));
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function measure(plan: LoadPlan, { peers, failures, hooks }: Run): Promise<LoadResult> {
  for (const { streams } of peers) for (const { counter } of streams) counter.mark();
  const sentBefore = peers.map(({ sent }) => sent);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  hooks.onProgress?.(`measuring for ${String(plan.durationMs / 1000)} s`);
  await during(plan.durationMs, [hooks.signal, allFailed(peers)]);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const sent = peers.map((peer, index) => ({
    packets: peer.sent.packets - (sentBefore[index]?.packets ?? 0),
    bytes: peer.sent.bytes - (sentBefore[index]?.bytes ?? 0),
  }));
  return summarize({
    plan,
    peers,
    sent,
    failures: [...failures, ...peers.flatMap(failuresOf)],
    seconds,
    cores: (user + system) / 1e6 / seconds,
  });
}
