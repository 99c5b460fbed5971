import {
  CallRequests,
  type CallAnswers,
  type CallMethod,
  type CallRequestParsed,
  type ProtooRequest,
} from '@parlor/protocol';
import type { Authorization } from '../../access/types.js';
import type { CallDesk } from '../../core/calls/CallDesk.js';
import type { Line } from '../../core/calls/Line.js';
import { isParlorError, ParlorError, toWireError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { FramedSocket, SocketHandler } from '../dialect.js';
import { listenToFrames } from '../protoo/listenToFrames.js';
import { failureText, successText } from '../protoo/requests.js';
import { validate } from '../validate.js';
import { CallSocket } from './CallSocket.js';
import { handlers, type LineMethod } from './handlers.js';

interface CallSessionOptions {
  readonly desk: CallDesk;
  readonly userId: string;
  readonly authorization: Authorization;
  readonly subprotocol: string | undefined;
  readonly logger: Logger;
}

/** One socket on `/calls`: a device of a user who wants to call and be called. */
export class CallSession implements SocketHandler {
  readonly subprotocol: string | undefined;
  readonly #options: CallSessionOptions;
  #line: Line | undefined;

  constructor(options: CallSessionOptions) {
    this.#options = options;
    this.subprotocol = options.subprotocol;
  }

  open(socket: FramedSocket): void {
    const link = new CallSocket(socket);
    listenToFrames(socket, {
      request: (request) => void this.#serve(request, { socket, link }),
      refused: (why) => {
        link.notify('error', why);
      },
    });
    socket.onClose(() => {
      const line = this.#line;
      this.#line = undefined;
      if (line) this.#options.desk.lost(line, link);
    });
  }

  async #serve(
    { id, method, data }: ProtooRequest,
    { socket, link }: { socket: FramedSocket; link: CallSocket },
  ): Promise<void> {
    try {
      if (!Object.hasOwn(CallRequests, method))
        throw new ParlorError('UNKNOWN_METHOD', `no method "${method}"`);
      const answer = this.#answer(method as CallMethod, data, link);
      socket.send(successText(id, answer instanceof Promise ? await answer : answer));
    } catch (error) {
      if (!isParlorError(error) || toWireError(error).code === 'INTERNAL') {
        const { userId, logger } = this.#options;
        logger.error({ err: error, userId, method }, 'request failed');
      }
      socket.send(failureText(id, error));
    }
  }

  #answer(method: CallMethod, data: unknown, link: CallSocket): Promise<object> | object {
    if (method === 'ping') return {};
    if (method === 'openLine') return this.#openLine(validate(CallRequests.openLine, data, 'data'), link);
    if (!this.#line) throw new ParlorError('NOT_JOINED', 'send openLine first');
    if (method === 'closeLine') {
      this.#options.desk.leave(this.#line);
      this.#line = undefined;
      return {};
    }
    return handle(method, { desk: this.#options.desk, line: this.#line }, data);
  }

  #openLine(
    { deviceId, displayName, resumable }: CallRequestParsed<'openLine'>,
    link: CallSocket,
  ): CallAnswers['openLine'] {
    if (this.#line) throw new ParlorError('ALREADY_JOINED', 'this connection has opened its line');
    const { desk, userId, authorization } = this.#options;
    const { name = displayName ?? userId, grants, region } = authorization;
    const line = desk.open({ userId, deviceId, displayName: name, grants, region, resumable, link });
    this.#line = line;
    const calls = desk.callsOf(line);
    return { userId, displayName: line.displayName, calls, ...(resumable && { server: desk.id }) };
  }
}

function handle<M extends LineMethod>(
  method: M,
  caller: { desk: CallDesk; line: Line },
  data: unknown,
): Promise<CallAnswers[M]> | CallAnswers[M] {
  const parsed = validate(CallRequests[method], data, 'data') as CallRequestParsed<M>;
  return handlers[method](caller, parsed);
}
