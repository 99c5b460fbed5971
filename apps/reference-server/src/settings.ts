/** Every setting of the server, in the order of `--help` and of the README. Names and flags follow from `name`. */
export interface Setting {
  name: string;
  /** What to write after the flag; absent: the flag stands alone. */
  value?: string;
  /** Shown as the default. */
  fallback: string;
  help: string;
  /** Not as a flag: command lines can be read by every user of the machine. */
  secret?: true;
}

export const SETTINGS = [
  {
    name: 'host',
    value: 'address',
    fallback: '0.0.0.0, with --dev 127.0.0.1',
    help: 'Address that HTTP and WebSockets listen on.',
  },
  {
    name: 'port',
    value: 'number',
    fallback: '3000',
    help: 'Port that HTTP and WebSockets listen on; 0: any that is free.',
  },
  {
    name: 'tlsCert',
    value: 'file',
    fallback: 'none',
    help: 'PEM file with the certificate (chain): serve HTTPS and WSS.',
  },
  {
    name: 'tlsKey',
    value: 'file',
    fallback: 'none',
    help: 'PEM file with the private key of the certificate.',
  },
  {
    name: 'trustedProxies',
    value: 'number',
    fallback: '0',
    help: 'Reverse proxies in front that add the client to X-Forwarded-For.',
  },
  {
    name: 'jwtSecret',
    value: 'text',
    fallback: 'none',
    help: 'Secret of the tokens (HS256), at least 32 bytes.',
    secret: true,
  },
  {
    name: 'jwksUrl',
    value: 'url',
    fallback: 'none',
    help: 'Public keys of an identity provider that signs the tokens (JWKS).',
  },
  {
    name: 'media',
    value: 'mediasoup|none',
    fallback: 'mediasoup',
    help: 'What carries media through the server; none: no worker is started, all rooms are peer to peer.',
  },
  {
    name: 'topology',
    value: 'sfu|p2p|auto',
    fallback: 'auto, with PARLOR_MEDIA=none p2p',
    help: 'How media travels in rooms that are opened without saying: through the server, from browser to browser, or as it suits the room, changed live.',
  },
  {
    name: 'maxP2p',
    value: 'number',
    fallback: '2',
    help: 'Up to how many participants a room whose topology is auto is peer to peer.',
  },
  {
    name: 'lastN',
    value: 'number',
    fallback: 'all',
    help: 'How many videos at most the server forwards to a participant: pinned ones, then of who spoke last. Screens do not count.',
  },
  {
    name: 'maxAudible',
    value: 'number',
    fallback: 'all',
    help: 'How many microphones at most the server forwards in a room: the loudest.',
  },
  {
    name: 'listenIp',
    value: 'address',
    fallback: "the machine's own IPv4 and IPv6",
    help: 'Address that media listens on.',
  },
  {
    name: 'announcedAddress',
    value: 'address',
    fallback: 'where media listens',
    help: 'Address or name that clients send media to: the public one in front of a NAT or container.',
  },
  {
    name: 'rtcPort',
    value: 'number',
    fallback: '40000, with --dev any that is free',
    help: 'First port of media, UDP and TCP; each further worker takes the next one.',
  },
  { name: 'workers', value: 'number', fallback: 'one a core', help: 'Processes that carry media.' },
  {
    name: 'maxConsumersPerWorker',
    value: 'number',
    fallback: '500',
    help: 'How many tracks a worker sends to clients before its rooms are spread over a further one.',
  },
  {
    name: 'stunUrls',
    value: 'urls',
    fallback: 'none',
    help: 'STUN servers for the clients, separated by commas.',
  },
  {
    name: 'turnUrls',
    value: 'urls',
    fallback: 'none',
    help: 'TURN servers for the clients, separated by commas.',
  },
  {
    name: 'turnSecret',
    value: 'text',
    fallback: 'none',
    help: 'Shared secret of the TURN servers, for credentials that expire.',
    secret: true,
  },
  {
    name: 'turnServers',
    value: 'json',
    fallback: 'none',
    help: 'TURN servers with region, weight, networks, or credentials of their own, as JSON.',
    secret: true,
  },
  {
    name: 'turnProbe',
    value: 'true|false',
    fallback: 'true',
    help: 'Ask the TURN servers whether they are alive, and leave out those that are not.',
  },
  {
    name: 'lobby',
    value: 'true|false',
    fallback: 'false, with --dev true',
    help: 'Show everybody who may call who else can be rung.',
  },
  {
    name: 'ringTimeout',
    value: 'duration',
    fallback: '30s',
    help: 'How long a call rings before nobody is taken to be there.',
  },
  {
    name: 'metrics',
    value: 'true|false',
    fallback: 'true',
    help: 'Serve /metrics for Prometheus: to this machine only, or with PARLOR_METRICS_TOKEN to whoever sends it.',
  },
  {
    name: 'metricsToken',
    value: 'text',
    fallback: 'none',
    help: 'What may read /metrics from anywhere, as a bearer token; at least 16 characters, no token of a user.',
    secret: true,
  },
  {
    name: 'metricsPerTrack',
    value: 'true|false',
    fallback: 'false',
    help: 'Have the quality of each track in the metrics too, with the ids of rooms and peers.',
  },
  {
    name: 'resumeGrace',
    value: 'duration',
    fallback: '30s',
    help: 'How long a client that has lost its connection stays in its room, or in its call.',
  },
  {
    name: 'resumeSecret',
    value: 'text',
    fallback: 'made from PARLOR_JWT_SECRET',
    help: 'Secret by which clients come back after a restart as who they were; the same on all servers.',
    secret: true,
  },
  {
    name: 'drainMs',
    value: 'milliseconds',
    fallback: '3000',
    help: 'How long a server that gets SIGTERM goes on for those who are in, and takes nobody in; 0: it ends at once.',
  },
  {
    name: 'drainUrl',
    value: 'url',
    fallback: 'none',
    help: 'Another server with the same secret, to which clients of the SDK are sent on SIGTERM, room by room.',
  },
  { name: 'logLevel', value: 'level', fallback: 'info', help: 'debug, info, warn, error or silent.' },
  {
    name: 'dev',
    fallback: 'off',
    help: 'For trying out on this machine: clients need no token, the server is reachable from here only.',
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof SETTINGS)[number]['name'];

/** `jwtSecret` -> `PARLOR_JWT_SECRET` */
export const envName = (name: string): string =>
  `PARLOR_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** `tlsCert` -> `tls-cert` */
export const flagName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
