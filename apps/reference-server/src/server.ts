import {
  createParlor,
  type MediasoupOptions,
  type MetricsOptions,
  type Parlor,
  type ParlorOptions,
} from '@parlor/sdk-server';
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { buildApp } from './app.js';
import type { Config } from './config.js';
import { stopOnSignals } from './shutdown.js';

const STOP_TIMEOUT_MS = 10_000;

export interface RunningServer {
  /** Where a browser on this machine finds it. */
  url: string;
  close(): Promise<void>;
}

/** Starts workers and web server. */
export async function startServer(config: Config, logger: Logger): Promise<RunningServer> {
  let parlor: Parlor | undefined;
  let app: FastifyInstance | undefined;
  const close = async (): Promise<void> => {
    // Both are begun at once: nobody may come in while clients are told to go.
    await Promise.all([parlor?.close(), app?.close()]);
  };
  stopOnSignals({
    timeoutMs: STOP_TIMEOUT_MS + config.drainMs,
    async stop(signal) {
      const { drainMs, drainUrl } = config;
      // Who stops it by hand is not kept waiting.
      if (parlor && signal === 'SIGTERM') {
        logger.info({ signal, drainMs, drainUrl }, 'draining');
        await parlor.drain({ ms: drainMs, url: drainUrl });
      }
      logger.info({ signal }, 'stopping');
      await close();
      logger.info({}, 'stopped');
    },
    onFailure(error) {
      logger.error({ err: error }, 'did not stop cleanly');
    },
  });

  try {
    parlor = await createParlor(parlorOptions(config, logger));
    app = await buildApp({ config, parlor, logger });
    await app.listen({ host: config.host, port: config.port });
    const url = urlOf(config, app.server.address() as AddressInfo);
    const { dev, media, topology } = config;
    logger.info({ url, dev, media, topology }, 'listening');
    return { url, close };
  } catch (error) {
    await close();
    throw startError(error, config);
  }
}

function parlorOptions(config: Config, logger: Logger): ParlorOptions {
  const { dev, jwtSecret, jwksUrl, stunUrls, turnUrls, turnSecret, turnServers, turnProbe } = config;
  const { lobby, ringTimeout, resumeGrace, resumeSecret, topology } = config;
  const graceMs = milliseconds(resumeGrace);
  return {
    logger,
    trustedProxies: config.trustedProxies,
    access: defined({ jwtSecret, jwksUrl, allowAnonymous: dev }),
    ice: defined({
      stunUrls,
      turnUrls,
      turnSecret,
      turnServers,
      turnProbe: turnProbe ? undefined : (false as const),
    }),
    calls: defined({
      presence: lobby ?? dev,
      ringTimeoutMs: milliseconds(ringTimeout),
      graceMs,
    }),
    ...(graceMs !== undefined && { resumeGraceMs: graceMs }),
    ...(resumeSecret !== undefined && { resumeSecret }),
    topology,
    ...(config.maxP2p !== undefined && { maxP2pParticipants: config.maxP2p }),
    ...defined({ lastN: config.lastN, maxAudible: config.maxAudible }),
    metrics: metricsOptions(config),
    media: config.media === 'none' ? 'none' : mediasoupOptions(config),
  };
}

const metricsOptions = ({ metrics, metricsToken, metricsPerTrack }: Config): MetricsOptions =>
  defined({
    readers: metrics
      ? metricsToken === undefined
        ? ('local' as const)
        : { token: metricsToken }
      : undefined,
    perTrack: metricsPerTrack,
  });

const milliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1000;

function mediasoupOptions(config: Config): MediasoupOptions {
  const { listenIp, announcedAddress, rtcPort, workers, maxConsumersPerWorker, dev } = config;
  return defined({
    listenIp,
    announcedAddress,
    rtcPort,
    workers,
    maxConsumersPerWorker,
    clients: dev ? ('network' as const) : ('internet' as const),
  });
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the settings that nobody has set. */
const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;

function urlOf({ tls, host }: Config, { port }: AddressInfo): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'https' : 'http'}://${name}:${String(port)}`;
}

/** What went wrong, with the way out where there is one. */
function startError(error: unknown, { host, port }: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const messages: Record<string, string> = {
    EADDRINUSE: `port ${String(port)} is taken by another program: stop that one, or choose another with PARLOR_PORT`,
    EACCES: `port ${String(port)} is not for ordinary users: choose one above 1023 with PARLOR_PORT`,
    EADDRNOTAVAIL: `this machine does not have the address ${host}: change PARLOR_HOST`,
    ENOTFOUND: `there is no host ${host}: change PARLOR_HOST`,
  };
  const message = messages[String(code)];
  return message === undefined ? error : new Error(message, { cause: error });
}
