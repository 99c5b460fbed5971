import {
  CODES,
  type ErrorCode,
  type SdpWsServerBody,
  type SdpWsServerMessage,
  type SdpWsTrack,
} from '@parlor/protocol';
import type { FramedSocket } from '../dialect.js';
import type { Incoming } from './messages.js';

export interface CodedError {
  code: ErrorCode;
  message: string;
}

/** The socket of a client, addressed as the client addresses its own messages. */
export class SdpWsSocket {
  readonly #socket: FramedSocket;
  #roomId: string | number;
  #writesText = false;
  /** Empty until the client has said it or was given one. */
  sessionId = '';

  constructor(socket: FramedSocket, id: string) {
    this.#socket = socket;
    this.#roomId = id;
  }

  /** Clients compare `roomId` with what they wrote, and those that write `payload` as text read it as text. */
  heard({ message, writesText }: Incoming): void {
    this.#roomId = message.roomId ?? this.#roomId;
    if ('payload' in message) this.#writesText = writesText;
    if (this.sessionId === '') this.sessionId = message.sessionId ?? '';
  }

  send(body: SdpWsServerBody): void {
    const message: SdpWsServerMessage = { ...body, roomId: this.#roomId, sessionId: this.sessionId };
    this.#socket.send(JSON.stringify(message));
  }

  describe(description: { type: 'offer' | 'answer'; sdp: string }): void {
    const { type } = description;
    this.send({ type, payload: this.#writesText ? JSON.stringify(description) : description });
  }

  fail({ code, message }: CodedError, about: { track?: SdpWsTrack; mid?: string } = {}): void {
    this.send({ type: 'error', code, message, ...about });
  }

  end(error: CodedError): void {
    this.fail(error);
    this.#socket.close(CODES[error.code].ws, error.code);
  }
}
