import { CODES, type CallNotificationMethod, type CallNotifications } from '@parlor/protocol';
import type { CallLink, CallUpdate } from '../../core/calls/types.js';
import type { LinkEnd } from '../../core/ports.js';
import type { FramedSocket } from '../dialect.js';
import { closeFrame } from '../protoo/closeFrame.js';

/** A device as the calls see it: numbers what it is told and writes it to the socket. */
export class CallSocket implements CallLink {
  readonly #socket: FramedSocket;
  #seq = 0;

  constructor(socket: FramedSocket) {
    this.#socket = socket;
  }

  send(update: CallUpdate): void {
    switch (update.type) {
      case 'incomingCall':
        this.notify('incomingCall', update.call);
        break;
      default: {
        const { type, ...data } = update;
        this.notify(type, data as CallNotifications[typeof type]);
      }
    }
  }

  notify<M extends CallNotificationMethod>(method: M, data: CallNotifications[M]): void {
    this.#seq += 1;
    this.#socket.send(JSON.stringify({ notification: true, method, data: { seq: this.#seq, ...data } }));
  }

  end({ code }: LinkEnd): void {
    this.#socket.close(...closeFrame({ code, ...CODES[code] }));
  }
}
