import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, isIPv6, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { stunProbe } from './stunProbe.js';
import type { TurnTarget } from './turnUrl.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** The binding success response (RFC 8489 §5) to `request`. */
function answerTo(request: Buffer): Buffer {
  const answer = Buffer.from(request.subarray(0, 20));
  answer.writeUInt16BE(0x0101, 0);
  return answer;
}

/** A UDP server; `respond` is given the request and its number, from 1. */
async function udpServer(
  respond: (request: Buffer, count: number) => Buffer | undefined,
  host = '127.0.0.1',
): Promise<TurnTarget & { heard: () => number }> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  let count = 0;
  socket.on('message', (request, { port, address }) => {
    const answer = respond(request, ++count);
    if (answer) socket.send(answer, port, address);
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  cleanups.push(() => socket.close());
  return { host, port: socket.address().port, protocol: 'udp', heard: () => count };
}

async function tcpServer(serve: (socket: Socket) => void): Promise<TurnTarget> {
  const server = createServer((socket) => {
    cleanups.push(() => socket.destroy());
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, protocol: 'tcp' };
}

const probe = (target: TurnTarget) => stunProbe(target, new AbortController().signal);

describe('over UDP', () => {
  it('measures the round trip', async () => {
    const server = await udpServer(answerTo);
    expect(await probe(server)).toBeGreaterThanOrEqual(0);
    expect(server.heard()).toBe(1);
  });

  it('finds a server by its name', async () => {
    const server = await udpServer(answerTo, (await lookup('localhost')).address);
    expect(await probe({ ...server, host: 'localhost' })).toBeGreaterThanOrEqual(0);
    await expect(probe({ ...server, host: 'nowhere.invalid' })).rejects.toThrow(/nowhere.invalid/);
  });

  it('sends again when a packet was lost', async () => {
    const server = await udpServer((request, count) => (count < 2 ? undefined : answerTo(request)));
    await probe(server);
    expect(server.heard()).toBe(2);
  });

  it('takes no answer to somebody else for its own', async () => {
    const server = await udpServer((request, count) => {
      const answer = answerTo(request);
      if (count === 1) answer.writeUInt8(answer.readUInt8(8) ^ 1, 8);
      return answer;
    });
    await probe(server);
    expect(server.heard()).toBe(2);
  });

  it('hears at once that nobody listens', async () => {
    const { port } = await udpServer(answerTo);
    cleanups.pop()?.();
    await expect(probe({ host: '127.0.0.1', port, protocol: 'udp' })).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('over TCP', () => {
  it('reads an answer that comes in pieces', async () => {
    const server = await tcpServer((socket) => {
      socket.on('data', (request) => {
        const answer = answerTo(request);
        socket.write(answer.subarray(0, 7), () => socket.write(answer.subarray(7)));
      });
    });
    expect(await probe(server)).toBeGreaterThanOrEqual(0);
  });

  it('fails where something else answers, or nobody', async () => {
    const web = await tcpServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n'.repeat(200)));
    await expect(probe(web)).rejects.toThrow(/does not speak STUN/);
    const closing = await tcpServer((socket) => socket.end());
    await expect(probe(closing)).rejects.toThrow(/closed without an answer|ECONNRESET|EPIPE/);
    await expect(probe({ ...closing, protocol: 'tls' })).rejects.toThrow();
  });
});

it.each(['udp', 'tcp', 'tls'] as const)('stops when told to, over %s', async (protocol) => {
  const silent = protocol === 'udp' ? await udpServer(() => undefined) : await tcpServer(() => undefined);
  const controller = new AbortController();
  const asked = stunProbe({ ...silent, protocol }, controller.signal);
  controller.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
  await expect(stunProbe({ ...silent, protocol }, controller.signal)).rejects.toThrow('enough');
});

it('says what it cannot do', () => {
  expect(() => probe({ host: 'a', port: 1, protocol: 'dtls' })).toThrow(/DTLS/);
});
