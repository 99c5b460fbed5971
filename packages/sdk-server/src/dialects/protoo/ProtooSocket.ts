import { ProtooRequests, type ProtooRequest } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import type { FramedSocket, SocketHandler } from '../dialect.js';
import { validate } from '../validate.js';
import { listenToFrames } from './listenToFrames.js';
import { ProtooSession, type SessionOptions } from './ProtooSession.js';
import { failureText } from './requests.js';

/** RFC 6455 §7.4.1: closed on purpose, by a page that goes away, and without saying why. */
const LEFT: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** One socket of the native protocol. It belongs to a session of its own, or takes up one that has lost its socket. */
export class ProtooSocket implements SocketHandler {
  readonly subprotocol: string | undefined;
  readonly #options: SessionOptions;

  constructor(subprotocol: string | undefined, options: SessionOptions) {
    this.subprotocol = subprotocol;
    this.#options = options;
  }

  open(socket: FramedSocket): void {
    let session = new ProtooSession(this.#options, socket);
    listenToFrames(socket, {
      request: (request) => {
        if (request.method === 'resumeSession') session = this.#resume(socket, request, session);
        else void session.serve(request);
      },
      notification: (notification) => {
        session.hear(notification);
      },
      refused: (why) => {
        session.refused(why);
      },
    });
    socket.onClose((code) => {
      session.disconnected(socket, LEFT.has(code));
    });
  }

  /** The session that the socket belongs to from here on. */
  #resume(socket: FramedSocket, { id, data }: ProtooRequest, current: ProtooSession): ProtooSession {
    try {
      const { resumeToken, seq } = validate(ProtooRequests.resumeSession, data, 'data');
      if (current.hasPeer)
        throw new ParlorError('ALREADY_JOINED', 'a session is resumed on a new connection');
      const session = this.#options.sessions.find(resumeToken);
      session.resume(socket, { id, seq, options: this.#options });
      return session;
    } catch (error) {
      socket.send(failureText(id, error));
      return current;
    }
  }
}
