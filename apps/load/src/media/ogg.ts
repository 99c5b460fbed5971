const PAGE_HEADER = 27;
const LACING_FULL = 255;

/** The packets of an Ogg file with one stream (RFC 3533 §6), without the two header packets of Opus (RFC 7845 §5). */
export function readOggOpus(file: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  let parts: Buffer[] = [];
  let at = 0;
  while (at + PAGE_HEADER <= file.length) {
    if (file.toString('latin1', at, at + 4) !== 'OggS') throw new Error('not an Ogg file');
    const segments = file.readUInt8(at + 26);
    let data = at + PAGE_HEADER + segments;
    for (const size of file.subarray(at + PAGE_HEADER, data)) {
      parts.push(file.subarray(data, data + size));
      data += size;
      if (size === LACING_FULL) continue;
      packets.push(Buffer.concat(parts));
      parts = [];
    }
    at = data;
  }
  return packets.slice(2);
}
