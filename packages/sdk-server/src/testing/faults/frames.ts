/** One WebSocket frame with its header, as it was on the wire. */
export interface Frame {
  readonly bytes: Buffer;
  /** A whole text or binary message. Control frames and parts of messages are not. */
  readonly isMessage: boolean;
}

const HEADER_END = '\r\n\r\n';

/** Cuts a stream of bytes into WebSocket frames (RFC 6455 §5.2), whatever pieces it comes in. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);
  #inHandshake: boolean;

  /** `afterHandshake`: an HTTP header (§4.2.2) comes before the first frame, and is handed on like one. */
  constructor({ afterHandshake }: { afterHandshake: boolean }) {
    this.#inHandshake = afterHandshake;
  }

  push(chunk: Buffer): Frame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const length = this.#inHandshake ? this.#handshakeLength() : frameLength(this.#rest);
      if (length === undefined || this.#rest.length < length) return frames;
      const bytes = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      frames.push({ bytes, isMessage: !this.#inHandshake && isWholeMessage(bytes) });
      this.#inHandshake = false;
    }
  }

  #handshakeLength(): number | undefined {
    const end = this.#rest.indexOf(HEADER_END);
    return end < 0 ? undefined : end + HEADER_END.length;
  }
}

/** FIN, and the opcode of text or binary. */
const isWholeMessage = (frame: Buffer): boolean => {
  const first = frame[0] ?? 0;
  const opcode = first & 0x0f;
  return (first & 0x80) !== 0 && (opcode === 1 || opcode === 2);
};

function frameLength(bytes: Buffer): number | undefined {
  const second = bytes[1];
  if (second === undefined) return undefined;
  const mask = second & 0x80 ? 4 : 0;
  const short = second & 0x7f;
  if (short < 126) return 2 + mask + short;
  if (short === 126) return bytes.length < 4 ? undefined : 4 + mask + bytes.readUInt16BE(2);
  return bytes.length < 10 ? undefined : 10 + mask + Number(bytes.readBigUInt64BE(2));
}
