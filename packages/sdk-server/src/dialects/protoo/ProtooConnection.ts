import { ProtooRequests, type ProtooNotifications, type ProtooRequest } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import type { FramedSocket } from '../dialect.js';
import { validate } from '../validate.js';
import { listenToFrames, type FrameListener, type NotificationFrame } from './listenToFrames.js';
import { ProtooSession, type SessionOptions } from './ProtooSession.js';
import { failureText } from './requests.js';

/** RFC 6455 §7.4.1: closed on purpose, by a page that goes away, and without saying why. */
const LEFT: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** One socket of the native protocol. It belongs to a session of its own, or takes up one that has lost its socket. */
export class ProtooConnection implements FrameListener {
  readonly #socket: FramedSocket;
  readonly #options: SessionOptions;
  #session: ProtooSession;

  constructor(socket: FramedSocket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#session = new ProtooSession(options, socket);
  }

  listen(): void {
    listenToFrames(this.#socket, this);
    this.#socket.onClose((code) => {
      this.#session.disconnected(this.#socket, LEFT.has(code));
    });
  }

  request(request: ProtooRequest): void {
    if (request.method === 'resumeSession') this.#resume(request);
    else void this.#session.serve(request);
  }

  notification(notification: NotificationFrame): void {
    this.#session.hear(notification);
  }

  refused(why: ProtooNotifications['error']): void {
    this.#session.refused(why);
  }

  /** From here on the socket belongs to the session that it names, if that is still there. */
  #resume({ id, data }: ProtooRequest): void {
    const socket = this.#socket;
    try {
      const { resumeToken, seq } = validate(ProtooRequests.resumeSession, data, 'data');
      if (this.#session.hasPeer)
        throw new ParlorError('ALREADY_JOINED', 'a session is resumed on a new connection');
      const session = this.#options.sessions.find(resumeToken);
      session.resume(socket, { id, seq, options: this.#options });
      this.#session = session;
    } catch (error) {
      socket.send(failureText(id, error));
    }
  }
}
