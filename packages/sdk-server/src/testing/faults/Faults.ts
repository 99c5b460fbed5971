import type { Duplex } from 'node:stream';
import { createAccess } from '../../access/access.js';
import type { AccessOptions } from '../../access/types.js';
import type { MediaBackend } from '../../core/ports.js';
import { ParlorError, type ErrorCode } from '../../errors.js';
import { silentLogger } from '../../logger.js';
import { MediasoupBackend } from '../../media/mediasoup/MediasoupBackend.js';
import type { ParlorOptions } from '../../options.js';
import type { Parlor } from '../../parlor.js';
import { withBrokenIce } from './brokenIce.js';
import type { LineFaults } from './FaultyLine.js';
import { FaultyStream } from './FaultyStream.js';

export interface SignallingFaults {
  /** Messages of clients. */
  readonly toServer?: LineFaults;
  /** Messages of the server. */
  readonly toClient?: LineFaults;
}

/**
 * Breaks a Parlor on purpose, so that tests see what a bad day would bring: give `createParlor` the options that
 * `prepare` returns, and the web server what `around` returns.
 *
 * @example
 * const faults = new Faults();
 * const parlor = faults.around(await createParlor(await faults.prepare({ access: { jwtSecret } })));
 * attachParlor(server, parlor);
 * faults.killWorker();
 */
export class Faults {
  readonly #sockets = new Set<Duplex>();
  readonly #random: () => number;
  #signalling: SignallingFaults = {};
  #refusal: ErrorCode | undefined;
  #isDown = false;
  #iceFails = false;
  #backend: MediaBackend | undefined;

  /** `random`: 0 up to 1, for faults that come by chance. Default `Math.random`. */
  constructor({ random = Math.random }: { random?: () => number } = {}) {
    this.#random = random;
  }

  /** The same options, with what is needed to break media and access later. @throws as `createParlor` */
  async prepare(options: ParlorOptions): Promise<ParlorOptions> {
    const { media = {}, logger = silentLogger } = options;
    const access = this.#breakable(options.access);
    if (media === 'none') return { ...options, access };
    const backend = 'createRoom' in media ? media : await MediasoupBackend.open(media, logger);
    this.#backend = backend;
    return { ...options, access, media: withBrokenIce(backend, () => this.#iceFails) };
  }

  /** The same Parlor, whose WebSockets can be disturbed. */
  around(parlor: Parlor): Parlor {
    const { handleUpgrade } = parlor;
    return {
      ...parlor,
      handleUpgrade: async (request, socket, head) => {
        if (this.#isDown) {
          socket.destroy();
          return true;
        }
        const stream = new FaultyStream({
          socket,
          head,
          random: this.#random,
          toServer: () => this.#signalling.toServer ?? {},
          toClient: () => this.#signalling.toClient ?? {},
        });
        this.#sockets.add(stream);
        stream.on('close', () => this.#sockets.delete(stream));
        return await handleUpgrade(request, stream, Buffer.alloc(0));
      },
    };
  }

  /** From now on, of all connections. Nothing given: as it should be. */
  signalling(faults: SignallingFaults = {}): void {
    this.#signalling = faults;
  }

  /** Resets every WebSocket, without a goodbye. */
  cutSockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** While down, WebSockets are reset and new ones get no answer. */
  setDown(down: boolean): void {
    this.#isDown = down;
    if (down) this.cutSockets();
  }

  /** Every request and upgrade that needs a token is refused with this code; undefined: no longer. */
  refuseTokens(code: ErrorCode | undefined = 'TOKEN_EXPIRED'): void {
    this.#refusal = code;
  }

  acceptTokens(): void {
    this.#refusal = undefined;
  }

  /** Media transports that are made from now on cannot be reached by anybody. */
  failIce(fail: boolean): void {
    this.#iceFails = fail;
  }

  /** Process ids of the media workers that are alive. */
  get workers(): readonly number[] {
    return this.#backend?.workers?.pids ?? [];
  }

  /**
   * Kills a media worker (SIGKILL); by default the first that is alive.
   *
   * @throws Error when there is none: with a backend of your own, or `media: 'none'`
   */
  killWorker(pid = this.workers[0]): void {
    if (pid === undefined || !this.workers.includes(pid)) {
      throw new Error('there is no such media worker: give createParlor what prepare() returns');
    }
    process.kill(pid, 'SIGKILL');
  }

  /** Everything is as it should be again. */
  clear(): void {
    this.signalling();
    this.setDown(false);
    this.acceptTokens();
    this.failIce(false);
  }

  #breakable(options: AccessOptions): AccessOptions {
    const access = createAccess(options);
    return {
      authorize: async (request, scope) => {
        if (this.#refusal !== undefined) throw new ParlorError(this.#refusal, 'refused on purpose');
        const { grants, userId, name, region } = await access.authorize(request, scope);
        return {
          ...grants,
          ...(userId !== undefined && { userId }),
          ...(name !== undefined && { name }),
          ...(region !== undefined && { region }),
        };
      },
    };
  }
}
