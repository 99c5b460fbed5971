import {
  P2pClientMessage,
  type P2pParticipant,
  type P2pServerMessage,
  type P2pSocketErrorCode,
} from '@parlor/protocol';
import { isParlorError, ParlorError, toWireError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { FramedSocket, SocketHandler } from '../dialect.js';
import { validate } from '../validate.js';
import type { Language } from '../language.js';
import type { Meeting } from './Meeting.js';
import type { Member } from './Member.js';
import { errorText } from './texts.js';

export interface P2pSessionOptions {
  readonly room: Meeting;
  readonly participant: P2pParticipant;
  /** As in `Member`. */
  readonly userId: string;
  readonly language: Language;
  readonly logger: Logger;
}

/** What the document calls an invalid message. */
const INVALID: ReadonlySet<string> = new Set(['BAD_REQUEST', 'INVALID_JSON', 'BINARY_NOT_SUPPORTED']);

/** One socket of a room: signals of one participant in, those for it out. */
export class P2pSession implements SocketHandler {
  readonly subprotocol = undefined;
  readonly #options: P2pSessionOptions;

  constructor(options: P2pSessionOptions) {
    this.#options = options;
  }

  open(socket: FramedSocket): void {
    const { room, participant, userId, language } = this.#options;
    const member: Member = {
      participant,
      userId,
      language,
      tell: (message) => {
        socket.send(JSON.stringify(message));
      },
      end: (code, reason) => {
        socket.close(code, reason);
      },
    };
    // What is sent before the member is in waits.
    let early: string[] | undefined = [];
    socket.onMessage((text) => {
      if (early) early.push(text);
      else this.#receive(member, text);
    });
    socket.onRefused(({ code, message }) => {
      member.tell(this.#errorMessage(new ParlorError(code, message)));
    });
    socket.onClose(() => {
      room.leave(member, 'disconnected');
    });
    room.enter(member).then(
      () => {
        const waited = early ?? [];
        early = undefined;
        for (const text of waited) this.#receive(member, text);
      },
      (error: unknown) => {
        this.#refuse(member, error);
      },
    );
  }

  /** Between the upgrade and now somebody took the last place, or the room was closed. */
  #refuse(member: Member, error: unknown): void {
    const { room, logger } = this.#options;
    if (!isParlorError(error)) logger.error({ err: error, roomId: room.id }, 'entering failed');
    const { code, ws } = toWireError(error);
    const message = this.#errorMessage(error);
    member.tell(room.closed ? { type: 'room_closed', reason: message.message, code: room.closed } : message);
    member.end(ws, code);
  }

  #receive(member: Member, text: string): void {
    const { room, logger } = this.#options;
    let to: string | undefined;
    try {
      const message = parse(text);
      if (message.type === 'leave') {
        room.leave(member);
        member.end(1000, 'left');
        return;
      }
      if (message.to === member.participant.id)
        throw new ParlorError('BAD_REQUEST', 'message.to: must be somebody else');
      to = message.to;
      room.relay(member, message);
    } catch (error) {
      if (!isParlorError(error)) logger.error({ err: error, roomId: room.id }, 'message failed');
      member.tell({ ...this.#errorMessage(error), ...(to !== undefined && { to }) });
    }
  }

  #errorMessage(error: unknown): P2pServerMessage & { type: 'error' } {
    const { code: known, message: detail } = toWireError(error);
    const code: P2pSocketErrorCode = INVALID.has(known) ? 'invalid_message' : known;
    return {
      type: 'error',
      code,
      message: errorText({ code, message: detail }, this.#options.language),
      detail,
    };
  }
}

/** @throws INVALID_JSON, BAD_REQUEST */
function parse(text: string): P2pClientMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (cause) {
    throw new ParlorError('INVALID_JSON', 'not JSON', { cause });
  }
  return validate(P2pClientMessage, message, 'message');
}
