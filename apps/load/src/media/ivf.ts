const FILE_HEADER = 32;
const FRAME_HEADER = 12;

export interface Ivf {
  /** Frames a second. */
  rate: number;
  frames: Buffer[];
}

/** Reads the container that encoders of VP8 write (https://wiki.multimedia.cx/index.php/Duck_IVF). */
export function readIvf(file: Buffer): Ivf {
  if (file.toString('latin1', 0, 4) !== 'DKIF') throw new Error('not an IVF file');
  const frames: Buffer[] = [];
  let at = file.readUInt16LE(6);
  if (at !== FILE_HEADER) throw new Error(`unknown IVF header of ${String(at)} bytes`);
  while (at + FRAME_HEADER <= file.length) {
    const start = at + FRAME_HEADER;
    const size = file.readUInt32LE(at);
    frames.push(file.subarray(start, start + size));
    at = start + size;
  }
  return { rate: file.readUInt32LE(16) / file.readUInt32LE(20), frames };
}
