import { Counter, Gauge, Registry } from 'prom-client';
import type { MediaBackend, WorkerLoad } from '../core/ports.js';
import type { Rooms } from '../core/types.js';
import type { Clock } from '../ice/clock.js';
import { Census, type Tally } from './metricsCensus.js';
import { EventLoopMeter } from './metricsEventLoop.js';
import { DEFAULT_MAX_TRACKS, type MetricsOptions } from './metricsOptions.js';
import { qualityMetrics } from './metricsQuality.js';
import { TrackSampler, type Sample } from './metricsTracks.js';
import type { UsageRecorder } from './UsageRecorder.js';

export interface MetricsParts {
  readonly rooms: Rooms;
  readonly backend: Pick<MediaBackend, 'workers'>;
  /** Reads what goes over transports anyway. */
  readonly usage: Pick<UsageRecorder, 'on'>;
  readonly clock: Clock;
}

/** A host application may name dialects of its own; those beyond this number are one. */
const MAX_DIALECTS = 20;

/**
 * Figures for Prometheus, in a registry of their own. What is, is looked up when somebody asks; only what happens (joins,
 * leaves, bytes) is counted all the time.
 */
export class Metrics {
  readonly #parts: MetricsParts;
  readonly #registry = new Registry();
  readonly #sampler: TrackSampler;
  readonly #showQuality: (samples: readonly Sample[]) => void;
  readonly #eventLoop = new EventLoopMeter();
  readonly #dialects = new Set<string>();
  readonly #census = new Census((dialect) => this.#nameOf(dialect));
  readonly #gauges;
  readonly #counters;
  #scraping: Promise<string> | undefined;

  constructor(parts: MetricsParts, { perTrack = false, maxTracks = DEFAULT_MAX_TRACKS }: MetricsOptions) {
    this.#parts = parts;
    this.#gauges = gaugesIn(this.#registry);
    this.#counters = countersIn(this.#registry);
    this.#sampler = new TrackSampler({ maxTracks, clock: parts.clock });
    this.#showQuality = qualityMetrics(this.#registry, { perTrack });
    parts.rooms.on('opened', (room) => {
      room.on('peerJoined', (peer) => {
        this.#counters.joins.inc({ dialect: this.#nameOf(peer.dialect) });
      });
      room.on('peerClosed', (_, reason) => {
        this.#counters.leaves.inc({ reason });
      });
      room.on('topologyChanged', (topology, reason) => {
        this.#counters.changes.inc({ topology, reason });
      });
    });
    parts.usage.on('carried', ({ direction }, bytes) => {
      this.#counters.received.inc({ transport: direction }, bytes.in);
      this.#counters.sent.inc({ transport: direction }, bytes.out);
    });
  }

  /** The text format of Prometheus. Those who ask at the same time get the same. */
  scrape(): Promise<string> {
    return (this.#scraping ??= this.#scrape().finally(() => {
      this.#scraping = undefined;
    }));
  }

  close(): void {
    this.#eventLoop.close();
  }

  async #scrape(): Promise<string> {
    const census = this.#census;
    const samples = await this.#sampler.sample(census.take(this.#parts.rooms));
    for (const name of ['rooms', 'peers', 'transports', 'producers', 'consumers'] as const)
      show(this.#gauges[name], census[name]);
    this.#showQuality(samples);
    this.#showProcesses();
    return this.#registry.metrics();
  }

  #showProcesses(): void {
    const { workers = { alive: 0, deaths: 0 } } = this.#parts.backend;
    this.#gauges.workers.set(workers.alive);
    this.#showLoads(workers.loads ?? []);
    const { deaths } = this.#counters;
    deaths.reset();
    deaths.inc(workers.deaths);
    const lag = this.#eventLoop.read();
    if (!lag) return;
    this.#gauges.lag.set({ quantile: '0.5' }, lag.median);
    this.#gauges.lag.set({ quantile: '0.99' }, lag.p99);
    this.#gauges.lag.set({ quantile: '1' }, lag.max);
  }

  #showLoads(loads: readonly WorkerLoad[]): void {
    const { workerRooms, workerRouters, workerConsumers, workerPiped } = this.#gauges;
    // A worker that has died shows nothing until there is another one in its place.
    for (const gauge of [workerRooms, workerRouters, workerConsumers, workerPiped]) gauge.reset();
    for (const { slot, rooms, routers, consumers, piped } of loads) {
      const worker = String(slot);
      workerRooms.set({ worker }, rooms);
      workerRouters.set({ worker }, routers);
      workerConsumers.set({ worker }, consumers);
      workerPiped.set({ worker }, piped);
    }
  }

  #nameOf(dialect: string): string {
    if (this.#dialects.has(dialect)) return dialect;
    if (this.#dialects.size >= MAX_DIALECTS) return 'other';
    this.#dialects.add(dialect);
    return dialect;
  }
}

function gaugesIn(registry: Registry) {
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `parlor_${name}`, help, labelNames, registers: [registry] });
  return {
    rooms: gauge('rooms', 'Open rooms.', 'topology'),
    peers: gauge('peers', 'Peers in rooms, by the protocol that they came by.', 'dialect'),
    transports: gauge('transports', 'Connections for media, by state (RTCPeerConnectionState).', 'state'),
    producers: gauge('producers', 'Tracks that are published.', 'kind', 'state'),
    consumers: gauge('consumers', 'Tracks that are received.', 'kind', 'state'),
    workers: gauge('workers', 'Media workers that are alive.'),
    workerRooms: gauge('worker_rooms', 'Rooms on a media worker; a large one is on several.', 'worker'),
    workerRouters: gauge('worker_routers', 'Routers on a media worker.', 'worker'),
    workerConsumers: gauge(
      'worker_consumers',
      'Tracks that a media worker sends: to clients, and by pipes to other routers.',
      'worker',
    ),
    workerPiped: gauge(
      'worker_piped_producers',
      'Tracks that come to a media worker by pipes from other routers.',
      'worker',
    ),
    lag: gauge(
      'event_loop_lag_seconds',
      'How late this process did what was due, since the last scrape.',
      'quantile',
    ),
  };
}

function countersIn(registry: Registry) {
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name: `parlor_${name}_total`, help, labelNames, registers: [registry] });
  return {
    joins: counter('joins', 'Peers that came into a room.', 'dialect'),
    changes: counter('topology_changes', 'Rooms whose media took another way.', 'topology', 'reason'),
    leaves: counter('leaves', 'Peers that left a room.', 'reason'),
    received: counter(
      'received_bytes',
      'What clients sent, by the direction of their transport as they see it.',
      'transport',
    ),
    sent: counter(
      'sent_bytes',
      'What was sent to clients, by the direction of their transport as they see it.',
      'transport',
    ),
    deaths: counter('worker_deaths', 'Media workers that have died.'),
  };
}

function show(gauge: Gauge, tally: Tally): void {
  for (const { labels, count } of tally) gauge.labels(...labels).set(count);
}
