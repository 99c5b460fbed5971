import { createPlatform, type Platform } from '../../platform.js';
import { makeConnectionsFaulty } from './faultyConnections.js';
import { deadSocket, FaultySocket, type LineFaults } from './FaultySocket.js';
import { FrameDisturber, type MediaFaults } from './mediaFaults.js';

export interface SignallingFaults {
  /** Messages of this page. */
  readonly toServer?: LineFaults;
  /** Messages of the server. */
  readonly toClient?: LineFaults;
}

/**
 * Breaks the connections of a page on purpose, to see what an app makes of it.
 *
 * @example
 * const faults = new Faults();
 * const room = new Room({ platform: faults.platform });
 * faults.cutSocket();
 */
export class Faults {
  /** For `new Room({ platform })`. */
  readonly platform: Platform;
  readonly #sockets = new Set<FaultySocket>();
  readonly #disturber = new FrameDisturber();
  #signalling: SignallingFaults = {};
  #isDown = false;
  #iceFails = false;
  #restore: (() => void) | undefined;

  /** `overrides`: as the option `platform` of a room. */
  constructor(overrides: Partial<Platform> = {}) {
    const platform = createPlatform(overrides);
    this.platform = {
      ...platform,
      createWebSocket: (url, protocols) => {
        const real = this.#isDown ? deadSocket() : platform.createWebSocket(url, protocols);
        const socket = new FaultySocket(real, {
          platform,
          toServer: () => this.#signalling.toServer ?? {},
          toClient: () => this.#signalling.toClient ?? {},
          closed: () => this.#sockets.delete(socket),
        });
        this.#sockets.add(socket);
        return socket;
      },
      fetch: async (url, init) => {
        if (this.#isDown) throw new TypeError('down on purpose');
        return await platform.fetch(url, init);
      },
    };
  }

  /** From now on, of all sockets. Nothing given: as it should be. */
  signalling(faults: SignallingFaults = {}): void {
    this.#signalling = faults;
  }

  /** Every socket looks open, and nothing passes: what a changed network does. Undone by `signalling()`. */
  muteSockets(): void {
    this.signalling({ toServer: { drop: 1 }, toClient: { drop: 1 } });
  }

  /** Every socket breaks (close code 1006). */
  cutSockets(): void {
    for (const socket of [...this.#sockets]) socket.cut();
  }

  /** While down, sockets are cut and no new one opens. */
  setDown(down: boolean): void {
    this.#isDown = down;
    if (down) this.cutSockets();
  }

  /**
   * Lets media be disturbed too: connections that the page makes from now on. Call it before the room connects.
   *
   * @throws Error where the browser has no RTCRtpScriptTransform (Chromium from 141, Firefox, Safari have)
   */
  install(): void {
    if (typeof RTCRtpScriptTransform === 'undefined') {
      throw new Error('media cannot be disturbed here: this browser has no RTCRtpScriptTransform');
    }
    this.#restore ??= makeConnectionsFaulty(this.#disturber, () => this.#iceFails);
  }

  /** Frames that are sent and received, from now on. Nothing given: as it should be. Needs `install`. */
  media(faults: MediaFaults = {}): void {
    this.#disturber.faults = faults;
  }

  /** Connections for media that begin or restart from now on find no way to the other side. Needs `install`. */
  failIce(fail: boolean): void {
    this.#iceFails = fail;
  }

  /** Everything is as it should be again. */
  clear(): void {
    this.signalling();
    this.setDown(false);
    this.media();
    this.failIce(false);
  }

  /** As `clear`; connections that are made later are the browser's own. */
  uninstall(): void {
    this.clear();
    this.#restore?.();
    this.#restore = undefined;
  }
}
