import { ParlorError, toParlorError } from '../errors.js';
import { parseSocketUrl, socketUrl, type Target } from '../signaling/url.js';

/** Where the room is to be found: where the app has said, or where the server there has sent its clients. */
export class Address {
  #elsewhere: string | undefined;

  constructor(
    private readonly target: Target,
    private readonly base: string | undefined,
  ) {}

  /** @throws ParlorError `INVALID_URL` */
  get socket(): { url: string; roomId: string } {
    const { target, base } = this;
    const given = socketUrl(target, base);
    return this.#elsewhere === undefined
      ? given
      : socketUrl({ ...target, url: this.#elsewhere, roomId: given.roomId }, base);
  }

  /** False: it is no address. */
  moveTo(url: string): boolean {
    try {
      this.#elsewhere = parseSocketUrl(url).href;
      return true;
    } catch {
      return false;
    }
  }

  /** The next attempt goes where the app has said, whatever the other server has against this client. */
  failed(error: unknown): unknown {
    if (this.#elsewhere === undefined) return error;
    this.#elsewhere = undefined;
    const { message } = toParlorError(error, 'SERVER_UNREACHABLE');
    return new ParlorError(
      'SERVER_UNREACHABLE',
      `The server that clients were sent to does not take them in: ${message}`,
      { cause: error },
    );
  }
}
