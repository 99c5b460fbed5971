import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** RFC 8489, section 5. */
const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
/** RFC 8489, section 14.7. */
const FINGERPRINT_XOR = 0x5354554e;

/** Attributes of RFC 8489 (section 14) and RFC 8445 (section 16). */
const attributes = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlling: 0x802a,
};

/** @param {number} type @param {Buffer} value */
function attribute(type, value) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/**
 * A connectivity check (RFC 8445, section 7.2.2) that nominates its pair.
 * @param {{ usernameFragment: string, password: string }} remote ICE parameters of who is to answer
 */
export function connectivityCheck({ usernameFragment, password }) {
  const priority = Buffer.alloc(4);
  priority.writeUInt32BE(1_845_501_695);
  let body = Buffer.concat([
    attribute(attributes.username, Buffer.from(`${usernameFragment}:proof`)),
    attribute(attributes.priority, priority),
    attribute(attributes.useCandidate, Buffer.alloc(0)),
    attribute(attributes.iceControlling, randomBytes(8)),
  ]);
  const head = Buffer.alloc(20);
  head.writeUInt16BE(BINDING_REQUEST, 0);
  head.writeUInt32BE(MAGIC_COOKIE, 4);
  randomBytes(12).copy(head, 8);
  // Both last attributes cover what is before them, under a header whose length counts them in.
  head.writeUInt16BE(body.length + 24, 2);
  const integrity = createHmac('sha1', password).update(head).update(body).digest();
  body = Buffer.concat([body, attribute(attributes.messageIntegrity, integrity)]);
  head.writeUInt16BE(body.length + 8, 2);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(Buffer.concat([head, body])) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([head, body, attribute(attributes.fingerprint, fingerprint)]);
}

/** @param {Buffer} packet */
export const isBindingSuccess = (packet) => packet.length >= 20 && packet.readUInt16BE(0) === BINDING_SUCCESS;
