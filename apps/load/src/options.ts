import { parseArgs } from 'node:util';
import { LoadError } from './LoadError.js';

export interface Options {
  url: string;
  room: string;
  token: string | undefined;
  secret: string | undefined;
  peers: number;
  publish: number;
  durationSeconds: number;
  joinsPerSecond: number;
  simulcast: boolean;
  lastN: number | undefined;
  layer: number | undefined;
  json: boolean;
}

export const HELP = `parlor-load: fills a room with real WebRTC clients, without a browser, and tells how they fare

Usage
  parlor-load --peers 50 --publish 5 --duration 30

Options
  --url <url>           the server: http, https, ws or wss. Default: http://127.0.0.1:3000
  --room <id>           Default: load
  --peers <n>           clients in all. Default: 10
  --publish <n>         how many of them send audio and video; all receive. Default: 2
  --duration <seconds>  how long media is measured when everybody is in. Default: 10
  --join-rate <n>       joins a second. Default: 20
  --simulcast           three layers of video (160x90, 320x180, 640x360) instead of one of 320x180
  --last-n <n>          each client asks for at most so many videos. Default: as the room
  --layer <n>           the layer of simulcast that clients ask for, 0 to 2. Default: the highest
  --token <token>       a token that opens the room, for all clients
  --secret <secret>     the server's secret, to make a token for each (or PARLOR_JWT_SECRET). Servers with --dev need none
  --json                prints JSON, every stream included

Exit code: 0 when all went well, 1 when a client failed, 2 when the address, a token or an option is wrong.
`;

const bad = (message: string): LoadError => new LoadError('BAD_OPTION', message);

function whole(name: string, text: string, min: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min) return value;
  throw bad(`--${name} must be a whole number from ${String(min)}, not "${text}"`);
}

const optional = (name: string, text: string | undefined): number | undefined =>
  text === undefined ? undefined : whole(name, text, 0);

function positive(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw bad(`--${name} must be a number above 0, not "${text}"`);
}

function socketUrl(text: string): string {
  if (!URL.canParse(text) || !/^(http|ws)s?:\/\//i.test(text)) {
    throw bad(`--url must be like https://rooms.example.org, not "${text}"`);
  }
  const url = new URL(text);
  url.protocol = url.protocol.replace('http', 'ws');
  return url.href;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        url: { type: 'string', default: 'http://127.0.0.1:3000' },
        room: { type: 'string', default: 'load' },
        peers: { type: 'string', default: '10' },
        publish: { type: 'string', default: '2' },
        duration: { type: 'string', default: '10' },
        'join-rate': { type: 'string', default: '20' },
        simulcast: { type: 'boolean', default: false },
        'last-n': { type: 'string' },
        layer: { type: 'string' },
        token: { type: 'string' },
        secret: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw bad(
      `${error instanceof Error ? error.message : String(error)} ("parlor-load --help" lists the options)`,
    );
  }
}

/** @throws LoadError `BAD_OPTION` */
export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): Options {
  const values = parse(argv);
  const peers = whole('peers', values.peers, 1);
  const publish = whole('publish', values.publish, 0);
  if (publish > peers) {
    throw bad(
      `--publish ${String(publish)} is more than --peers ${String(peers)}: publishers are among the peers`,
    );
  }
  return {
    url: socketUrl(values.url),
    room: values.room,
    token: values.token,
    secret: values.secret ?? env['PARLOR_JWT_SECRET'],
    peers,
    publish,
    durationSeconds: positive('duration', values.duration),
    joinsPerSecond: positive('join-rate', values['join-rate']),
    simulcast: values.simulcast,
    lastN: optional('last-n', values['last-n']),
    layer: optional('layer', values.layer),
    json: values.json,
  };
}
