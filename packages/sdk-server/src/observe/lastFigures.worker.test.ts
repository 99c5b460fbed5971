import type { IceParameters } from '@parlor/protocol';
import { createHmac } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOCAL_MEDIA } from '../../test/support/workers.js';
import type { Peer, Transport, TransportStats } from '../core/types.js';
import { createParlor } from '../createParlor.js';
import type { Parlor } from '../parlor.js';

/** Figures that are asked for when a transport is about to close come from the worker, whoever closes it. */

let parlor: Parlor;
let socket: Socket;
beforeEach(async () => {
  parlor = await createParlor({ access: { allowAnonymous: true }, media: LOCAL_MEDIA });
  socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
});
afterEach(async () => {
  socket.close();
  await parlor.close();
});

/** A STUN attribute (RFC 8489 §14). */
function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
}

/** A STUN message whose header counts what `follows` too. */
function message(attributes: readonly Buffer[], follows = 0): Buffer {
  const body = Buffer.concat(attributes);
  const head = Buffer.alloc(20);
  head.writeUInt16BE(0x0001, 0);
  head.writeUInt16BE(body.length + follows, 2);
  head.writeUInt32BE(0x2112a442, 4);
  head.write('transaction!', 8, 'latin1');
  return Buffer.concat([head, body]);
}

/** The connectivity check of a client that is ICE controlling (RFC 8445 §7.2.2). */
function connectivityCheck({ usernameFragment, password }: IceParameters): Buffer {
  const attributes = [
    attribute(0x0006, Buffer.from(`${usernameFragment}:client`)),
    attribute(0x0024, Buffer.from([0x6e, 0x00, 0x01, 0xff])),
    attribute(0x802a, Buffer.alloc(8, 1)),
    attribute(0x0025, Buffer.alloc(0)),
  ];
  const integrity = createHmac('sha1', password).update(message(attributes, 24)).digest();
  attributes.push(attribute(0x0008, integrity));
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(message(attributes, 8)) ^ 0x5354554e) >>> 0);
  return message([...attributes, attribute(0x8028, fingerprint)]);
}

/** A transport over which the worker has answered a check. */
async function usedTransport(peer: Peer): Promise<{ transport: Transport; bytes: number }> {
  const transport = await peer.createTransport({ direction: 'send' });
  const { iceCandidates, iceParameters } = transport.info;
  const candidate = iceCandidates.find(({ protocol }) => protocol === 'udp');
  if (!candidate) throw new Error('no UDP candidate');
  const packet = connectivityCheck(iceParameters);
  for (;;) {
    socket.send(packet, candidate.port, '127.0.0.1');
    await once(socket, 'message');
    const { bytesSent } = await transport.stats();
    if (bytesSent > 0) return { transport, bytes: bytesSent };
  }
}

const lastFigures = (transport: Transport) =>
  new Promise<TransportStats>((resolve, reject) => {
    transport.on('closing', () => {
      transport.stats().then(resolve, reject);
    });
  });

test.each<[string, (made: { peer: Peer; transport: Transport }) => void]>([
  [
    'the transport is closed',
    ({ transport }) => {
      transport.close();
    },
  ],
  [
    'the peer leaves',
    ({ peer }) => {
      peer.leave();
    },
  ],
  [
    'the room closes',
    ({ peer }) => {
      peer.room.close();
    },
  ],
])('%s', async (_how, end) => {
  const room = await parlor.rooms.open('room', { keepWhenEmpty: true });
  const peer = await room.join({ peerId: 'alice', topology: 'sfu' });
  const { transport, bytes } = await usedTransport(peer);
  const last = lastFigures(transport);
  end({ peer, transport });
  expect(transport.closed).toBe(true);
  expect((await last).bytesSent).toBeGreaterThanOrEqual(bytes);
  await expect(transport.stats()).rejects.toMatchObject({ code: 'TRANSPORT_NOT_FOUND' });
});
