import type { IncomingMessage } from 'node:http';
import { tokenOf } from '../access/access.js';
import type { Access } from '../access/types.js';
import { isParlorError, toWireError } from '../errors.js';
import type { Logger } from '../logger.js';
import { errorAnswer } from './errorResponse.js';
import { incomingHeaders, incomingUrl } from './incoming.js';
import { refuseUpgrade } from './refuseUpgrade.js';

/** What is used of Engine.IO's server. */
interface Engine {
  use(middleware: (req: IncomingMessage, res: object, next: () => void) => void): unknown;
}

/** What is used of an answer to a request that is no upgrade, of HTTP/1 and HTTP/2. */
interface Answer {
  readonly headersSent: boolean;
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body: string): unknown;
}

interface Handshake {
  req: IncomingMessage;
  res: object;
  url: URL;
}

/**
 * Answers the requests and upgrades with which Engine.IO connections begin when the token that they show is bad. Who
 * shows none goes on: it may come later, in Socket.IO's `auth`. Returns how to stop that.
 */
export function guardHandshakes(parts: { access: Access; logger: Logger }): (engine: Engine) => () => void {
  // Engine.IO does not take a middleware back: each server has one of ours at most, idle while nobody wants it.
  const wantedBy = new WeakMap<Engine, Set<symbol>>();

  const install = (engine: Engine): Set<symbol> => {
    const wanted = new Set<symbol>();
    wantedBy.set(engine, wanted);
    engine.use((req, res, next) => {
      const url = incomingUrl(req);
      if (wanted.size === 0 || !isHandshakeWithToken(req, url)) next();
      else void check(parts, { req, res, url }, next);
    });
    return wanted;
  };

  return (engine) => {
    const wanted = wantedBy.get(engine) ?? install(engine);
    const me = Symbol('namespace');
    wanted.add(me);
    return () => {
      wanted.delete(me);
    };
  };
}

function isHandshakeWithToken(req: IncomingMessage, { searchParams }: URL): boolean {
  // The last one counts, as for Engine.IO. Sessions are as good as the handshake that they began with.
  if (searchParams.getAll('sid').at(-1)) return false;
  return req.headers.authorization !== undefined || searchParams.has('token');
}

async function check(
  { access, logger }: { access: Access; logger: Logger },
  { req, res, url }: Handshake,
  next: () => void,
): Promise<void> {
  // Until someone takes the socket over, an error on it would end the process.
  const ignoreError = () => undefined;
  req.socket.on('error', ignoreError);
  try {
    const request = new Request(url, { headers: incomingHeaders(req) });
    if (tokenOf(request) !== undefined) await access.authorize(request, { room: '*', action: 'connect' });
  } catch (error) {
    const { code, message } = toWireError(error);
    if (!isParlorError(error)) logger.error({ err: error }, 'handshake failed');
    logger.info({ code, reason: message, remoteAddress: req.socket.remoteAddress }, 'connection refused');
    if (isAnswer(res)) refuse(res, error);
    else refuseUpgrade(req.socket, error);
    return;
  } finally {
    req.socket.off('error', ignoreError);
  }
  if (!req.socket.destroyed) next();
}

/** For upgrades Engine.IO gives a stand-in, by which only the socket can be destroyed. */
const isAnswer = (res: object): res is Answer => 'headersSent' in res;

function refuse(res: Answer, error: unknown): void {
  const { status, headers, body } = errorAnswer(error);
  res.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  res.end(body);
}
