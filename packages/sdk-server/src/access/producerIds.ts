import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/**
 * Ids of publications that say whose they are, to nobody but who holds the secret of their owner: another process can
 * give one back to the client that shows the secret, and nobody can take what is another's. Each is a UUID of version 8
 * (RFC 9562 §5.8): 60 bits of chance and 62 of a MAC over them.
 */
export function newProducerId(secret: string): string {
  // Random bytes by Node's store of them: asking the system each time costs more than all the rest.
  return withMac(secret, chanceOf(randomUUID()));
}

/** Whether it was made with this secret. */
export function isProducerIdOf(secret: string, id: string): boolean {
  const chance = chanceOf(id);
  if (chance.length !== 8) return false;
  const [given, made] = [Buffer.from(id), Buffer.from(withMac(secret, chance))];
  return given.length === made.length && timingSafeEqual(given, made);
}

/** The first 8 bytes of a UUID, if it is one. */
const chanceOf = (id: string): Buffer => Buffer.from(id.slice(0, 18).replaceAll('-', ''), 'hex');

function withMac(secret: string, chance: Buffer): string {
  const bytes = Buffer.alloc(16);
  chance.copy(bytes);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  createHmac('sha256', secret).update(bytes.subarray(0, 8)).digest().copy(bytes, 8);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
