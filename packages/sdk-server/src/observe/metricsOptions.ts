/** What `GET /metrics` and `parlor.metrics()` tell, and to whom. */
export interface MetricsOptions {
  /**
   * Who may read `GET /metrics`. `local`: programs on this machine that ask the server directly, not through a proxy.
   * `{ token }`: whoever sends it (`Authorization: Bearer …`), from anywhere; at least 16 characters, and none of the tokens
   * of users. Default: nobody, there is no such address.
   */
  readers?: 'local' | { token: string };
  /**
   * Figures of each track too, under the ids of room, peer and track. They add series with every track that ever was:
   * for servers with few of them, or to look into something. Default false.
   */
  perTrack?: boolean;
  /** How many tracks the media workers are asked about per scrape; when there are more, they take turns. Default 500. */
  maxTracks?: number;
}

export const DEFAULT_MAX_TRACKS = 500;

/** Of what `parlor.metrics()` resolves with: the text format of Prometheus, version 0.0.4. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
