import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connectivityCheck, isBindingSuccess } from './stun.mjs';

/** RFC 6347 and RFC 5246: content and handshake types. */
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const DTLS_1_0 = 0xfeff;
const DTLS_1_2 = 0xfefd;

/** @param {number} value */
const u16 = (value) => Buffer.from([value >> 8, value & 0xff]);
/** @param {number} value */
const u24 = (value) => Buffer.from([value >> 16, (value >> 8) & 0xff, value & 0xff]);
/** @param {number} type @param {number[]} bytes */
const extension = (type, bytes) => Buffer.concat([u16(type), u16(bytes.length), Buffer.from(bytes)]);

/** A ClientHello as a browser would send it first, in one DTLS record (RFC 6347, section 4.2). */
function clientHello() {
  const extensions = Buffer.concat([
    extension(10, [0, 4, 0, 29, 0, 23]), // supported_groups: x25519, secp256r1
    extension(11, [1, 0]), // ec_point_formats: uncompressed
    extension(13, [0, 6, 4, 3, 8, 4, 4, 1]), // signature_algorithms: ECDSA, RSA-PSS, RSA, each with SHA-256
    extension(14, [0, 4, 0, 7, 0, 1, 0]), // use_srtp: AEAD_AES_128_GCM, AES128_CM_SHA1_80 (RFC 5764)
    extension(23, []), // extended_master_secret
  ]);
  const cipherSuites = Buffer.from([0xc0, 0x2b, 0xc0, 0x2f]); // ECDHE with AES-128-GCM: ECDSA, RSA
  const body = Buffer.concat([
    u16(DTLS_1_2),
    randomBytes(32),
    Buffer.from([0, 0]), // no session, no cookie
    u16(cipherSuites.length),
    cipherSuites,
    Buffer.from([1, 0]), // no compression
    u16(extensions.length),
    extensions,
  ]);
  const message = Buffer.concat([
    Buffer.from([CLIENT_HELLO]),
    u24(body.length),
    u16(0), // message sequence
    u24(0), // fragment offset
    u24(body.length),
    body,
  ]);
  // Content type, version, epoch and sequence number 0, length.
  return Buffer.concat([
    Buffer.from([HANDSHAKE]),
    u16(DTLS_1_0),
    Buffer.alloc(8),
    u16(message.length),
    message,
  ]);
}

/** @param {Buffer} packet @param {number} type */
const isHandshake = (packet, type) => packet.length > 13 && packet[0] === HANDSHAKE && packet[13] === type;

/**
 * Connects to a WebRtcTransport by ICE and sees it write its first DTLS flight: as client its ClientHello, as server
 * the answer to ours.
 * @param {import('mediasoup').types.Router} router
 * @param {'client' | 'server'} role of the worker
 */
export async function dtlsAnswersAs(router, role) {
  const transport = await router.createWebRtcTransport({
    listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }],
  });
  const candidate = transport.iceCandidates[0];
  if (!candidate) throw new Error('the transport has no ICE candidate');
  const socket = createSocket('udp4');
  const send = (/** @type {Buffer} */ packet) => socket.send(packet, candidate.port, candidate.address);
  try {
    await transport.connect({
      dtlsParameters: {
        role: role === 'client' ? 'server' : 'client',
        // Nobody gets as far as showing a certificate.
        fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('00').join(':') }],
      },
    });
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('no DTLS handshake within 5 s')), 5_000);
      socket.on('message', (packet) => {
        if (isBindingSuccess(packet) && role === 'server') send(clientHello());
        if (!isHandshake(packet, role === 'client' ? CLIENT_HELLO : SERVER_HELLO)) return;
        clearTimeout(late);
        resolve(undefined);
      });
      socket.bind(0, '127.0.0.1', () => send(connectivityCheck(transport.iceParameters)));
    });
    // It has to live on after its flight.
    await transport.getStats();
  } finally {
    socket.close();
    transport.close();
  }
}
