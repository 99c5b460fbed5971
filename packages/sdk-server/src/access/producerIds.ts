import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Ids of publications that say whose they are, to nobody but who holds the secret of their owner: another process can
 * give one back to the client that shows the secret, and nobody can take what is another's. Each is a UUID of version 8
 * (RFC 9562 §5.8): 60 bits of chance and 62 of a MAC over them.
 */
export function newProducerId(secret: string): string {
  return withMac(secret, randomBytes(8));
}

/** Whether it was made with this secret. */
export function isProducerIdOf(secret: string, id: string): boolean {
  const chance = Buffer.from(id.slice(0, 18).replaceAll('-', ''), 'hex');
  if (chance.length !== 8) return false;
  const [given, made] = [Buffer.from(id), Buffer.from(withMac(secret, chance))];
  return given.length === made.length && timingSafeEqual(given, made);
}

function withMac(secret: string, chance: Buffer): string {
  const bytes = Buffer.alloc(16);
  chance.copy(bytes);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  createHmac('sha256', secret).update(bytes.subarray(0, 8)).digest().copy(bytes, 8);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
