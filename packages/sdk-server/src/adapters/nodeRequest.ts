import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { incomingHeaders, incomingUrl } from '../http/incoming.js';
import type { Parlor } from '../parlor.js';

type Body = NonNullable<ConstructorParameters<typeof Response>[0]>;
type Incoming = IncomingMessage & { originalUrl?: string; body?: unknown };

/** Parlor's answer to a Node request; null: it is not Parlor's, and nothing of its body was read. */
export async function askParlor(
  parlor: Parlor,
  req: Incoming,
  res: ServerResponse,
): Promise<Response | null> {
  let request: Request;
  try {
    request = toWebRequest(req, res);
  } catch {
    // What a web request cannot express (TRACE, for one) is nothing that Parlor could answer.
    return null;
  }
  return parlor.handleRequest(request, req.socket.remoteAddress);
}

function toWebRequest(req: Incoming, res: ServerResponse): Request {
  const gone = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) gone.abort();
  });
  const method = req.method ?? 'GET';
  const init = { method, headers: incomingHeaders(req), signal: gone.signal };
  if (method === 'GET' || method === 'HEAD') return new Request(incomingUrl(req), init);
  // Types of browsers, which this file may be read with, do not know `duplex`.
  const streamed: RequestInit & { duplex: 'half' } = { ...init, body: bodyOf(req), duplex: 'half' };
  return new Request(incomingUrl(req), streamed);
}

/** A body parser of the host may have read the body already; then what it made of it is printed again. */
function bodyOf(req: Incoming): Body | null {
  if (!req.readableDidRead) return untouchedBody(req);
  if (req.body === undefined || req.body === null) return null;
  if (typeof req.body === 'string' || req.body instanceof Uint8Array) return req.body as Body;
  return JSON.stringify(req.body);
}

/** Reads from the socket only when the web request is read: a request that is not ours stays whole for the host. */
function untouchedBody(req: IncomingMessage): ReadableStream<Uint8Array> {
  let chunks: AsyncIterator<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        chunks ??= req[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

/** A web response as a Node stream; null when it has no body. */
export const toNodeBody = (response: Response): Readable | null =>
  response.body && Readable.fromWeb(response.body as NodeReadableStream);

/** Sends a web response; resolves when it is out or the client is gone. */
export async function writeResponse(response: Response, res: ServerResponse): Promise<void> {
  if (res.headersSent) {
    // The host has given up on the request in the meantime.
    await response.body?.cancel();
    return;
  }
  res.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') res.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);

  const body = toNodeBody(response);
  if (!body) {
    res.end();
    return;
  }
  // Whichever side breaks, `pipeline` ends the other one: the client sees a body that was cut short.
  await pipeline(body, res).catch(() => undefined);
}
