import { pino, type DestinationStream, type Logger } from 'pino';

/** Query strings may carry tokens, so requests are logged without. */
const pathOf = ({ method, url = '' }: { method?: string; url?: string }) => ({
  method,
  path: url.split('?')[0],
});

const SECRETS = [
  'token',
  'secret',
  'jwtSecret',
  'turnSecret',
  'credential',
  'password',
  'authorization',
  'cookie',
];

/** One JSON line an event on standard output. */
export const createLogger = (level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: { pid: process.pid },
      serializers: { req: pathOf },
      redact: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
