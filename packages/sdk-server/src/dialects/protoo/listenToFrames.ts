import type { ErrorCode, ProtooRequest } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import type { FramedSocket } from '../dialect.js';
import { failureText, readMessage } from './requests.js';

/** A notification of a client; `text`: the message as it came. */
export interface NotificationFrame {
  method: string;
  data: unknown;
  text: string;
}

export interface FrameListener {
  request(request: ProtooRequest): void;
  notification?(notification: NotificationFrame): void;
  /** A message was refused that has no id to answer to. */
  refused(why: { code: ErrorCode; message: string }): void;
}

/** Sorts what comes in by protoo framing. What is wrong with a request is answered here. */
export function listenToFrames(socket: FramedSocket, listener: FrameListener): void {
  socket.onMessage((text) => {
    const incoming = readMessage(text);
    if (incoming.type === 'request') listener.request(incoming.request);
    if (incoming.type === 'notification') listener.notification?.(incoming);
    if (incoming.type !== 'invalid') return;
    if (incoming.id !== undefined) socket.send(failureText(incoming.id, incoming.error));
    else listener.refused({ code: incoming.error.code, message: incoming.error.message });
  });
  socket.onRefused(({ code, message, text }) => {
    const incoming = text === undefined ? undefined : readMessage(text);
    if (incoming?.type === 'request')
      socket.send(failureText(incoming.request.id, new ParlorError(code, message)));
    else listener.refused({ code, message });
  });
}
