import type { ProtooAnswers } from '@parlor/protocol';
import type { DataMessage, DriverContext, MediaDriver } from '../drivers/MediaDriver.js';
import { Emitter } from '../emitter.js';
import { ParlorError, toParlorError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Platform } from '../platform.js';
import { isFinal } from '../signaling/finality.js';
import { Reconnector } from '../signaling/Reconnector.js';
import type { ReconnectPolicy } from '../signaling/reconnectPolicy.js';
import type { ChannelFactory, SignalChannel } from '../signaling/SignalChannel.js';
import { returnUrl, type Target } from '../signaling/url.js';
import { withinTime } from '../signaling/withinTime.js';
import { Address } from './Address.js';
import { reduce } from './reduce.js';
import { emptyState, type RoomChange, type RoomState } from './state.js';
import { toSnapshot, toUpdate } from './toUpdate.js';

export interface SessionOptions {
  readonly platform: Platform;
  readonly logger: Logger;
  readonly policy: ReconnectPolicy;
  readonly connectTimeout: number;
  readonly requestTimeout: number;
  readonly openChannel: ChannelFactory;
  /** May have to load it first. */
  readonly createDriver: (context: DriverContext) => MediaDriver | Promise<MediaDriver>;
  readonly rtcConfiguration: DriverContext['rtcConfiguration'];
  readonly uplinkBitrate: number | undefined;
  readonly dynacast: boolean;
  readonly target: Target;
  readonly displayName: string | undefined;
  /** The same peer was in the room before: it may meet its own ghost. */
  readonly returning: boolean;
}

const MOVED = 'The room moves to another server.';

/** Milliseconds between attempts to get past one's own ghost. */
const GHOST_INTERVAL = 150;

export interface SessionEvents {
  /** In the room, for the first time or again; changes have been told. The driver is open. */
  joined: [driver: MediaDriver];
  /** Signalling is lost and looked for; media goes on. */
  interrupted: [error: ParlorError];
  /** Signalling is back, with everything that was said meanwhile. */
  resumed: [];
  /** Being repaired from now on: the driver is closed. */
  lost: [error: ParlorError];
  /** Out for good, by the server or the policy. */
  ended: [error: ParlorError];
  change: [change: RoomChange];
  message: [from: string | undefined, topic: string, payload: unknown];
  /** The server is going to end; it may say in how many milliseconds. */
  restarting: [after: number | undefined];
  /** Somebody else paused what this page sends. */
  ownMuted: [producerId: string];
}

/** One open channel with its driver. */
interface Stay {
  readonly channel: SignalChannel;
  readonly driver: MediaDriver;
}

/** Joins a room, follows it, joins again when the connection is lost, until it is left. */
export class Session extends Emitter<SessionEvents> {
  readonly #abort = new AbortController();
  readonly #reconnector: Reconnector;
  readonly #address: Address;
  #state: RoomState;
  #stay: Stay | undefined;
  #resumeToken: string | undefined;
  /** Waits no longer for those who are missing since the room is formed anew. */
  #stopWaiting: (() => void) | undefined;

  constructor(private readonly options: SessionOptions) {
    super();
    this.#reconnector = new Reconnector({ ...options, signal: this.#abort.signal });
    this.#address = new Address(options.target, options.platform.page.href);
    this.#state = emptyState(options.target.peerId);
  }

  get driver(): MediaDriver | undefined {
    return this.#stay?.driver;
  }

  /** The first join. @throws ParlorError; the session is over then */
  async join(): Promise<void> {
    try {
      await this.#attempt();
    } catch (error) {
      const failure = toParlorError(error, 'SERVER_UNREACHABLE');
      // Leaving and coming back at once may overtake the server's farewell to the former self.
      if (failure.code === 'PEER_ID_TAKEN' && this.options.returning) await this.#outwait(failure);
      else {
        this.#abort.abort();
        throw failure;
      }
    }
  }

  /** @throws ParlorError `NOT_CONNECTED` while there is no connection, or the server's refusal */
  async request(method: string, data: unknown): Promise<unknown> {
    if (!this.#stay)
      throw new ParlorError('NOT_CONNECTED', `"${method}" needs a connection. Connect, or wait for it.`);
    return await this.#stay.channel.request(method, data);
  }

  /** What needs not be `reliable` goes straight to the others where there is a way. @throws ParlorError as `request` */
  async send(message: DataMessage, reliable: boolean): Promise<void> {
    if (reliable || !this.#stay?.driver.sendData(message)) await this.request('sendMessage', message);
  }

  /** Leaves politely and ends everything. No event follows. */
  leave(): void {
    this.removeAllListeners();
    this.#abort.abort();
    const stay = this.#stay;
    this.#stay = undefined;
    this.#stopWaiting?.();
    if (!stay) return;
    // The request is on the wire before the socket closes; nobody waits for its answer.
    stay.channel.request('leave').catch(() => undefined);
    stay.channel.close();
    stay.driver.close();
  }

  #attempt(): Promise<void> {
    const { platform, connectTimeout: timeout } = this.options;
    return withinTime({ platform, timeout, signal: this.#abort.signal }, (signal) => this.#join(signal));
  }

  /** Socket, one request, done: the driver finds out what the browser can while the network is waited for. */
  async #join(signal: AbortSignal): Promise<void> {
    const {
      platform,
      logger,
      target,
      createDriver,
      openChannel,
      requestTimeout,
      connectTimeout,
      policy,
      rtcConfiguration,
      uplinkBitrate,
      dynacast,
    } = this.options;
    const { url, roomId } = this.#address.socket;
    let channel: SignalChannel | undefined;
    const request = (method: string, data?: unknown): Promise<unknown> =>
      channel
        ? channel.request(method, data)
        : Promise.reject(new ParlorError('NOT_CONNECTED', 'The connection is not open yet.'));
    const tell = (method: string, data: unknown) => channel?.tell(method, data);
    let made: MediaDriver | undefined;
    let over = false;
    const giveUp = () => {
      over = true;
      channel?.close(this.#resumeToken !== undefined);
      made?.close();
    };
    const make = async (): Promise<MediaDriver> => {
      const context = { request, tell, platform, logger, rtcConfiguration, uplinkBitrate, dynacast };
      const created = createDriver(context);
      made = created instanceof Promise ? await created : created;
      // `open` waits for it, and fails with its error.
      if (over) made.close();
      else made.prepare().catch(() => undefined);
      return made;
    };
    const connect = async (): Promise<SignalChannel> => {
      const options = { requestTimeout, connectTimeout, policy, platform, logger, signal };
      channel = await openChannel({ ...options, url: returnUrl(url, this.#resumeToken) });
      if (over) channel.close();
      return channel;
    };
    signal.addEventListener('abort', giveUp);
    try {
      if (signal.aborted) throw new ParlorError('CANCELLED', 'Connecting was called off.');
      const [driver, opened] = await Promise.all([make(), connect()]);
      const follow = this.#follow({ channel: opened, driver });
      const data = {
        ...driver.joinRequest(),
        roomId,
        peerId: target.peerId,
        resumable: true,
        ...(this.options.displayName === undefined ? {} : { displayName: this.options.displayName }),
        ...(this.#resumeToken === undefined ? {} : { resumeToken: this.#resumeToken }),
      };
      const answer = (await opened.request('joinRoom', data)) as ProtooAnswers['joinRoom'];
      await driver.open(answer);
      if (signal.aborted) throw new ParlorError('CANCELLED', 'Connecting was called off.');
      this.#resumeToken = answer.resumeToken;
      opened.resumeWith(answer.resumeToken);
      follow(answer);
    } catch (error) {
      giveUp();
      if (signal.aborted) throw new ParlorError('CANCELLED', 'Connecting was called off.', { cause: error });
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Listens from the start; what arrives before the snapshot is in place waits for it. */
  #follow(stay: Stay): (answer: ProtooAnswers['joinRoom']) => void {
    const early: [string, Record<string, unknown>][] = [];
    let lostEarly: ParlorError | undefined;
    stay.channel.on('notification', (method, data) => {
      if (this.#stay === stay) this.#onNotification(stay, method, data);
      else early.push([method, data]);
    });
    stay.channel.on('interrupted', (error) => {
      this.options.logger.info('signalling interrupted', error.code);
      if (this.#stay === stay) this.emit('interrupted', error);
    });
    stay.channel.on('resumed', () => {
      if (this.#stay === stay) this.emit('resumed');
    });
    stay.channel.on('closed', ({ error, final }) => {
      if (this.#stay === stay) this.#onLost(error, { final });
      else lostEarly = error;
    });
    let reason = new ParlorError('TRANSPORT_FAILED', 'The media path failed and could not be repaired.');
    stay.driver.on('error', (error) => {
      reason = error;
    });
    stay.driver.on('speakers', (speakers) => {
      if (this.#stay === stay) this.#update({ type: 'speakers', speakers });
    });
    stay.driver.on('data', (...message) => {
      if (this.#stay === stay) this.emit('message', ...message);
    });
    let mediaCame = false;
    stay.driver.on('stateChanged', (state) => {
      mediaCame ||= state === 'connected';
      if (state === 'failed' && this.#stay === stay)
        this.#onLost(reason, { final: false, inVain: !mediaCame });
    });
    return (answer) => {
      if (lostEarly) throw lostEarly;
      this.#stay = stay;
      this.#update(toSnapshot(answer));
      const { reforming } = answer;
      if (reforming !== undefined)
        this.#stopWaiting = this.options.platform.timer(() => {
          this.#update({ type: 'reformed' });
        }, reforming);
      this.emit('joined', stay.driver);
      for (const [method, data] of early.splice(0)) this.#onNotification(stay, method, data);
    };
  }

  #onNotification(stay: Stay, method: string, data: Record<string, unknown>): void {
    if (this.#stay !== stay) return;
    // The driver first: it has to know what a change is about when the app hears of the change.
    stay.driver.handleNotification(method, data);
    const update = toUpdate(method, data);
    if (update) this.#update(update);
    const { producerId, peerId, from, topic, payload, reason } = data;
    if (method === 'message') {
      // Without a sender it comes from the host application, whatever somebody calls himself.
      this.emit('message', typeof from === 'string' ? from : undefined, String(topic), payload);
    }
    if (method === 'producerPaused' && peerId === this.#state.selfId)
      this.emit('ownMuted', String(producerId));
    if (method === 'serverRestarting') this.#onRestarting(stay, data);
    if (method === 'roomClosed') this.#onRoomClosed(reason);
  }

  #onRestarting(stay: Stay, { after, url }: Record<string, unknown>): void {
    if (typeof url !== 'string' || !this.#address.moveTo(url)) {
      this.emit('restarting', typeof after === 'number' ? after : undefined);
      return;
    }
    // All of the room go at once: nobody is left who would see somebody leave.
    stay.channel.request('leave').catch(() => undefined);
    this.#onLost(new ParlorError('CONNECTION_LOST', MOVED), { final: false });
  }

  #onRoomClosed(reason: unknown): void {
    const comesBack = reason === 'mediaServerDied' || reason === 'serverClosing';
    const code =
      reason === 'serverClosing' ? 'SERVER_CLOSING' : comesBack ? 'CONNECTION_LOST' : 'ROOM_CLOSED';
    this.#onLost(new ParlorError(code, comesBack ? MOVED : 'The room was closed.'), { final: !comesBack });
  }

  #update(update: Parameters<typeof reduce>[1]): void {
    const [state, changes] = reduce(this.#state, update);
    this.#state = state;
    for (const change of changes) this.emit('change', change);
  }

  /** Media that never came makes a stay vain: joining at once again and again would not bring it. */
  #onLost(error: ParlorError, { final, inVain = false }: { final: boolean; inVain?: boolean }): void {
    const stay = this.#stay;
    if (!stay) return;
    this.#stay = undefined;
    this.#stopWaiting?.();
    this.options.logger.info('connection lost', error.code);
    stay.channel.close(!final);
    stay.driver.close();
    if (final) {
      this.#end(error);
      return;
    }
    this.emit('lost', error);
    this.#reconnector.start(
      async () => {
        try {
          await this.#attempt();
        } catch (failure) {
          throw this.#address.failed(failure);
        }
      },
      { cause: error, inVain },
      (failure) => {
        this.#end(failure);
      },
    );
  }

  async #outwait(taken: ParlorError): Promise<void> {
    const { platform, logger, connectTimeout } = this.options;
    const policy: ReconnectPolicy = {
      nextDelay: ({ elapsed, error }) =>
        elapsed < connectTimeout && error.code === 'PEER_ID_TAKEN' ? GHOST_INTERVAL : null,
    };
    const reconnector = new Reconnector({ platform, policy, logger, signal: this.#abort.signal });
    try {
      await reconnector.run(() => this.#attempt(), { cause: taken });
    } catch (error) {
      this.#abort.abort();
      throw error;
    }
  }

  #end(error: ParlorError): void {
    this.#abort.abort();
    this.options.logger.info('session ended', error.code, isFinal(error));
    this.emit('ended', error);
    this.removeAllListeners();
  }
}
