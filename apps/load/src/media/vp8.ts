/** Payload of a packet: below what any path carries (RFC 8831 §5 reckons with 1200 bytes). */
const MAX_PAYLOAD = 1100;
const DESCRIPTOR = 4;
const EXTENDED = 0x80;
const START_OF_PARTITION = 0x10;
const HAS_PICTURE_ID = 0x80;
const LONG_PICTURE_ID = 0x8000;

/** RFC 6386 §9.1: the lowest bit of a frame is 0 in key frames. */
export const isKeyFrame = (frame: Buffer): boolean => ((frame[0] ?? 1) & 1) === 0;

/** Cuts a frame into RTP payloads, each with a descriptor (RFC 7741 §4.2) whose picture id is to be set. */
export function packetizeVp8(frame: Buffer): Buffer[] {
  const payloads: Buffer[] = [];
  for (let at = 0; at < frame.length; at += MAX_PAYLOAD) {
    const descriptor = Buffer.alloc(DESCRIPTOR);
    descriptor[0] = EXTENDED | (at === 0 ? START_OF_PARTITION : 0);
    descriptor[1] = HAS_PICTURE_ID;
    payloads.push(Buffer.concat([descriptor, frame.subarray(at, at + MAX_PAYLOAD)]));
  }
  return payloads;
}

/** Numbers the picture that a payload belongs to. */
export function writePictureId(payload: Buffer, pictureId: number): void {
  payload.writeUInt16BE(LONG_PICTURE_ID | (pictureId & 0x7fff), 2);
}
