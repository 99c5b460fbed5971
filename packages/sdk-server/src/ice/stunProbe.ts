import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { bindingRequest, isBindingResponse, TRANSACTION_ID_LENGTH } from './stun.js';
import type { TurnTarget } from './turnUrl.js';

/** RFC 8489 §6.2.1: retransmissions after 500 ms, doubling. */
const RETRANSMIT_AFTER_MS = 500;
/** Bytes; far more than a response has. */
const MAX_RESPONSE = 2048;

/**
 * Asks a STUN or TURN server whether it is there.
 *
 * @returns the round trip in milliseconds, over TCP and TLS without the time that connecting takes
 */
export type StunProbe = (target: TurnTarget, signal: AbortSignal) => Promise<number>;

/** By a binding request (RFC 8489 §3) over UDP, TCP or TLS. Rejects when `signal` says so. */
export const stunProbe: StunProbe = (target, signal) => {
  if (target.protocol === 'dtls') throw new TypeError('there is no DTLS here: leave the target out');
  return target.protocol === 'udp' ? overUdp(target, signal) : overStream(target, signal);
};

async function overUdp({ host, port }: TurnTarget, signal: AbortSignal): Promise<number> {
  const { address, family } = await lookupUnlessAborted(host, signal);
  const transactionId = randomBytes(TRANSACTION_ID_LENGTH);
  const request = bindingRequest(transactionId);
  // Nothing here may keep the application running.
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4').unref();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<number>((resolve, reject) => {
      rejectOnAbort(signal, reject);
      socket.on('error', reject);
      let began = 0;
      const send = (waitMs: number): void => {
        socket.send(request);
        timer = setTimeout(send, waitMs, waitMs * 2).unref();
      };
      socket.on('message', (message) => {
        if (isBindingResponse(message, transactionId)) resolve(performance.now() - began);
      });
      // A connected socket hears at once that nobody listens there (ICMP).
      socket.connect(port, address, () => {
        began = performance.now();
        send(RETRANSMIT_AFTER_MS);
      });
    });
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

async function overStream(target: TurnTarget, signal: AbortSignal): Promise<number> {
  const { host, port, protocol } = target;
  const transactionId = randomBytes(TRANSACTION_ID_LENGTH);
  let socket: Socket | undefined;
  try {
    return await new Promise<number>((resolve, reject) => {
      rejectOnAbort(signal, reject);
      let began = 0;
      const ask = (): void => {
        began = performance.now();
        opened.write(bindingRequest(transactionId));
      };
      const options = { host, port };
      // Browsers check the certificate, so a server with a bad one is none.
      const opened =
        protocol === 'tls'
          ? connectTls({ ...options, ...(isIP(host) === 0 && { servername: host }) }, ask)
          : connectTcp(options, ask);
      socket = opened.unref().setNoDelay();
      let received = Buffer.alloc(0);
      socket.on('error', reject);
      socket.on('end', () => {
        reject(new Error('the connection was closed without an answer'));
      });
      socket.on('data', (data) => {
        received = Buffer.concat([received, data]);
        if (isBindingResponse(received, transactionId)) resolve(performance.now() - began);
        else if (received.length > MAX_RESPONSE) reject(new Error('what answers there does not speak STUN'));
      });
    });
  } finally {
    socket?.destroy();
  }
}

/** A lookup itself cannot be stopped. */
function lookupUnlessAborted(host: string, signal: AbortSignal): Promise<LookupAddress> {
  return new Promise((resolve, reject) => {
    rejectOnAbort(signal, reject);
    lookup(host).then(resolve, reject);
  });
}

function rejectOnAbort(signal: AbortSignal, reject: (reason: Error) => void): void {
  const abort = (): void => {
    reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
}
