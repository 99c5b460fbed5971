import { once } from 'node:events';

/** @typedef {import('mediasoup').types.Router} Router */
/** @typedef {import('mediasoup').types.SrtpCryptoSuite} SrtpCryptoSuite */

/** Every suite that mediasoup offers. @type {SrtpCryptoSuite[]} */
export const srtpCryptoSuites = [
  'AEAD_AES_256_GCM',
  'AEAD_AES_128_GCM',
  'AES_CM_128_HMAC_SHA1_80',
  'AES_CM_128_HMAC_SHA1_32',
];

const SSRC = 0x70a71042;
const PAYLOAD_TYPE = 100;

/** An RTP packet (RFC 3550, section 5.1).
 * @param {number} sequence @param {Buffer} payload */
function rtpPacket(sequence, payload) {
  const head = Buffer.alloc(12);
  head[0] = 0x80;
  head[1] = PAYLOAD_TYPE;
  head.writeUInt16BE(sequence, 2);
  head.writeUInt32BE(sequence * 960, 4);
  head.writeUInt32BE(SSRC, 8);
  return Buffer.concat([head, payload]);
}

/** @param {Router} router @param {SrtpCryptoSuite} suite */
const plain = (router, suite) =>
  router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    enableSrtp: true,
    srtpCryptoSuite: suite,
  });

/** @param {import('mediasoup').types.PlainTransport} from @param {import('mediasoup').types.PlainTransport} to */
async function connect(from, to) {
  const { srtpParameters, tuple } = to;
  if (!srtpParameters) throw new Error('the transport has no SRTP parameters');
  await from.connect({ ip: '127.0.0.1', port: tuple.localPort, srtpParameters });
}

/**
 * Sends packets out of the worker under SRTP and back into it, and compares what arrives.
 * @param {Router} router
 * @param {SrtpCryptoSuite} suite
 */
export async function passesThroughSrtp(router, suite) {
  const [out, back] = await Promise.all([plain(router, suite), plain(router, suite)]);
  const direct = await router.createDirectTransport();
  try {
    await Promise.all([connect(out, back), connect(back, out)]);
    const source = await direct.produce({
      kind: 'audio',
      rtpParameters: {
        codecs: [{ mimeType: 'audio/opus', payloadType: PAYLOAD_TYPE, clockRate: 48_000, channels: 2 }],
        encodings: [{ ssrc: SSRC }],
      },
    });
    const rtpCapabilities = router.rtpCapabilities;
    const sent = await out.consume({ producerId: source.id, rtpCapabilities });
    const received = await back.produce({ kind: 'audio', rtpParameters: sent.rtpParameters });
    const sink = await direct.consume({ producerId: received.id, rtpCapabilities });

    for (const sequence of [1, 2, 3]) {
      const payload = Buffer.from(`packet ${sequence} under ${suite}`);
      const arrival = once(sink, 'rtp', { signal: AbortSignal.timeout(5_000) });
      source.send(rtpPacket(sequence, payload));
      const [packet] = /** @type {[Buffer]} */ (await arrival);
      if (!packet.subarray(-payload.length).equals(payload))
        throw new Error(`packet ${sequence} arrived changed`);
    }
  } finally {
    [out, back, direct].forEach((transport) => transport.close());
  }
}
