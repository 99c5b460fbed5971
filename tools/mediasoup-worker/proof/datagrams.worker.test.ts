import fc from 'fast-check';
import { createWorker } from 'mediasoup';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, expect, test } from 'vitest';
import { connectivityCheck, isBindingSuccess } from './stun.mjs';

/** Anybody can send anything to the media port: none of it may end the worker. */

const worker = await createWorker({ logLevel: 'none' });
const socket = createSocket('udp4');
afterAll(() => {
  socket.close();
  worker.close();
});

/** First bytes by which a worker tells STUN, DTLS, RTP and RTCP apart (RFC 7983). */
const firstBytes = fc.constantFrom(
  [0x00, 0x01],
  [0x01, 0x01],
  [0x14, 0xfe, 0xfd],
  [0x16, 0xfe, 0xff],
  [0x17, 0xfe, 0xfd],
  [0x80, 0x64],
  [0x90, 0xe4],
  [0x80, 0xc8],
  [0x81, 0xcd],
  [0xbf, 0xce],
  [0xff],
);
const garbage = fc
  .tuple(firstBytes, fc.uint8Array({ maxLength: 1400, size: 'max' }))
  .map(([first, rest]) => Buffer.from([...first, ...rest]));

const send = (target: Socket, packet: Buffer, port: number) =>
  new Promise<void>((resolve, reject) => {
    target.send(packet, port, '127.0.0.1', (error) => {
      if (error) reject(error);
      else resolve();
    });
  });

/**
 * Sends a check until one has succeeded, as ICE does (RFC 8489 §6.2.1): a port under fire drops datagrams. Refusals of
 * broken checks may come before.
 */
async function pair(from: Socket, check: Buffer, port: number): Promise<void> {
  const resend = setInterval(() => {
    from.send(check, port, '127.0.0.1');
  }, 50);
  await new Promise<void>((resolve) => {
    from.on('message', (packet) => {
      if (isBindingSuccess(packet)) resolve();
    });
    from.send(check, port, '127.0.0.1');
  });
  clearInterval(resend);
}

test('a worker outlives whatever is sent to its port, from strangers and over a chosen path', async () => {
  let died = false;
  worker.on('died', () => (died = true));
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }],
  });
  const router = await worker.createRouter({
    mediaCodecs: [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }],
  });
  const transport = await router.createWebRtcTransport({ webRtcServer });
  const port = transport.iceCandidates[0]?.port ?? 0;
  const check = connectivityCheck(transport.iceParameters);
  /** Like a real check, but for some of its bytes. */
  const nearlyStun = fc
    .array(fc.tuple(fc.nat(check.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    .map((changes) => {
      const packet = Buffer.from(check);
      for (const [at, value] of changes) packet[at] = value;
      return packet;
    });
  const datagrams = fc.oneof(
    garbage,
    nearlyStun,
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
  );
  const bombard = () =>
    fc.assert(
      fc.asyncProperty(datagrams, async (packet) => {
        await send(socket, packet, port);
      }),
      { numRuns: 1500 },
    );

  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  await bombard();
  // From here on the worker takes what comes from this socket for the peer's.
  await transport.connect({
    dtlsParameters: {
      role: 'client',
      fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('00').join(':') }],
    },
  });
  await pair(socket, check, port);
  await bombard();

  // A port is read in order: who is answered now comes after all of that.
  const next = await router.createWebRtcTransport({ webRtcServer });
  const other = createSocket('udp4');
  await pair(other, connectivityCheck(next.iceParameters), port);
  other.close();
  expect(died).toBe(false);
});
