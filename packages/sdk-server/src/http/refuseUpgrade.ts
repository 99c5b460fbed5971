import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorAnswer } from './errorResponse.js';

/** Answers an upgrade with an HTTP error instead of 101 and ends the connection. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  // The client may be gone before it has read the answer.
  socket.on('error', () => undefined);
  const { status, headers, body } = errorAnswer(error);
  const lines = Object.entries({
    ...headers,
    'access-control-allow-origin': '*',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => {
    socket.destroy();
  });
  socket.end(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}
