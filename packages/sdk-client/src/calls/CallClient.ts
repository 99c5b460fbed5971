import type { CallAnswers, CallInfo, CallNotificationMethod, CallNotifications } from '@parlor/protocol';
import { Emitter } from '../emitter.js';
import { ParlorError, toParlorError } from '../errors.js';
import { silentLogger, type Logger } from '../logger.js';
import { createPlatform, type Platform } from '../platform.js';
import { Room } from '../Room.js';
import { ProtooChannel } from '../signaling/ProtooChannel.js';
import { defaultReconnectPolicy } from '../signaling/reconnectPolicy.js';
import type { DisconnectReason } from '../types.js';
import { Call, type CallContext } from './Call.js';
import type { Comeback } from './Comeback.js';
import { Line } from './Line.js';
import type * as api from './types.js';
import { callsUrl, ticketUrl } from './urls.js';

const CONNECT_TIMEOUT = 15_000;
const REQUEST_TIMEOUT = 10_000;

type Notifications = { [M in CallNotificationMethod]: (data: CallNotifications[M]) => void };

/**
 * Rings other users and is rung: `connect`, then `call` and the event `incomingCall`. Needs no room; an accepted call
 * is held in one of its own, which `call.join()` enters. May be connected again after `disconnect`.
 */
export class CallClient extends Emitter<api.CallClientEvents> implements api.CallClientLike {
  readonly #options: api.CallClientOptions;
  readonly #platform: Platform;
  readonly #logger: Logger;
  readonly #deviceId: string;
  readonly #calls = new Map<string, Call>();
  readonly #users = new Map<string, api.CallUser>();
  /** Told about calls whose answer has not been read yet. */
  readonly #early = new Map<string, (() => void)[]>();
  #calling = 0;
  #watching = false;
  #state: api.PhoneState = 'disconnected';
  #userId = '';
  #displayName = '';
  #url = '';
  #line: Line | undefined;
  /** Which run of the server has told of the calls. */
  #server: string | undefined;
  /** Loaded with the first call. */
  #comeback: Comeback | 'loading' | undefined;
  /** Ended here while there was no connection to say so. */
  readonly #owed = new Map<string, 'rejectCall' | 'hangUpCall'>();
  #connecting: Promise<void> | undefined;
  #stopPageLeave: (() => void) | undefined;

  constructor(options: api.CallClientOptions = {}) {
    super();
    this.#options = options;
    this.#platform = createPlatform(options.platform);
    this.#logger = options.logger ?? silentLogger;
    this.#deviceId = options.deviceId ?? this.#platform.randomId();
  }

  get state(): api.PhoneState {
    return this.#state;
  }

  get userId(): string {
    return this.#userId;
  }

  get calls(): ReadonlyMap<string, api.CallLike> {
    return this.#calls;
  }

  get users(): ReadonlyMap<string, api.CallUser> {
    return this.#users;
  }

  connect(url: string, token?: string, options: api.CallConnectOptions = {}): Promise<void> {
    if (this.#connecting) return this.#connecting;
    try {
      this.#connecting = this.#connect(this.#createLine({ url, token }, options));
      this.#url = url;
      return this.#connecting;
    } catch (error) {
      // A URL that is none: nothing has begun, and the next call may bring a better one.
      return Promise.reject(toParlorError(error, 'INVALID_URL'));
    }
  }

  disconnect(): Promise<void> {
    if (this.#line) this.#finish({ code: 'CLIENT_INITIATED', message: 'This page takes no calls any more.' });
    return Promise.resolve();
  }

  async call(userId: string, { video = false }: { video?: boolean } = {}): Promise<Call> {
    const line = this.#connectedLine('call');
    this.#calling += 1;
    try {
      const info = await line.request('call', { userId, video });
      if (this.#line !== line) throw new ParlorError('CANCELLED', 'The connection was closed.');
      return this.#add(info);
    } finally {
      this.#calling -= 1;
      // Whoever called hears of the call first, and can listen to it.
      this.#platform.timer(() => {
        this.#flushEarly();
      }, 0);
    }
  }

  async watchUsers(): Promise<ReadonlyMap<string, api.CallUser>> {
    await this.#watch(this.#connectedLine('listUsers'));
    this.#watching = true;
    return this.#users;
  }

  #connectedLine(what: string): Line {
    if (this.#line && this.#state === 'connected') return this.#line;
    throw new ParlorError('NOT_CONNECTED', `"${what}" needs a connection. Connect, or wait for it.`);
  }

  #createLine(target: { url: string; token: string | undefined }, who: api.CallConnectOptions): Line {
    const { page } = this.#platform;
    const { displayName } = who;
    const line = new Line({
      url: callsUrl({ ...target, userId: who.userId }, page.href),
      hello: { deviceId: this.#deviceId, resumable: true, ...(displayName ? { displayName } : {}) },
      platform: this.#platform,
      logger: this.#logger,
      policy: this.#options.reconnectPolicy ?? defaultReconnectPolicy,
      connectTimeout: this.#options.connectTimeout ?? CONNECT_TIMEOUT,
      requestTimeout: this.#options.requestTimeout ?? REQUEST_TIMEOUT,
      openChannel: this.#options.channel ?? ((options) => ProtooChannel.open(options)),
    });
    return line
      .on('opened', (answer) => {
        this.#onOpened(line, answer);
      })
      .on('lost', () => {
        this.#onLost();
      })
      .on('ended', ({ code, message }) => {
        this.#finish({ code, message });
      })
      .on('notification', (method, data) => {
        this.#onNotification(method, data);
      });
  }

  async #connect(line: Line): Promise<void> {
    this.#line = line;
    this.#setState('connecting');
    try {
      await line.open();
    } catch (error) {
      if (this.#line === line) {
        this.#line = undefined;
        this.#connecting = undefined;
        this.#setState('disconnected');
      }
      throw error;
    }
    if (this.#line === line && (this.#options.disconnectOnPageLeave ?? true)) {
      this.#stopPageLeave = this.#platform.page.on('pagehide', () => {
        void this.disconnect();
      });
    }
  }

  /** What the server knows counts: calls that it does not know are over, those unknown here ring. */
  #onOpened(line: Line, answer: CallAnswers['openLine']): void {
    const { userId, displayName, calls, server } = answer;
    this.#userId = userId;
    this.#displayName = displayName;
    this.#setState('connected');
    const known = new Set(calls.map(({ callId }) => callId));
    const isSameServer = server === undefined || server === this.#server;
    this.#server = server;
    if (this.#readyComeback) this.#readyComeback.opened(line, answer, isSameServer);
    else for (const call of [...this.#calls.values()]) if (!known.has(call.id)) call.finish('connectionLost');
    for (const info of calls) {
      const { callId, state, direction } = info;
      const owed = this.#owed.get(callId);
      if (this.#calls.has(callId)) continue;
      if (!owed && state === 'ringing' && direction === 'incoming') this.#ring(info);
      else this.#tellEnd(line, callId, owed ?? 'hangUpCall');
    }
    this.#owed.clear();
    if (this.#watching) void this.#watch(line).catch(() => undefined);
  }

  /** Calls wait for the connection, those that ring not for long. */
  #onLost(): void {
    if (this.#readyComeback) this.#readyComeback.lost();
    else
      for (const call of [...this.#calls.values()])
        if (call.state === 'ringing') call.finish('connectionLost');
    if (this.#users.size > 0) this.#setUsers([], [...this.#users.keys()]);
    this.#setState('reconnecting');
  }

  readonly #notifications: Notifications = {
    incomingCall: (info) => {
      const call = this.#calls.get(info.callId);
      if (!call || this.#readyComeback?.isBack(call, info) === false) this.#ring(info);
    },
    callAccepted: ({ callId, ticket }) => {
      this.#calls.get(callId)?.activate(ticket);
    },
    callUpdated: ({ callId, video }) => {
      this.#calls.get(callId)?.changeVideo(video);
    },
    callEnded: ({ callId, reason }) => {
      this.#calls.get(callId)?.finish(reason);
    },
    usersChanged: ({ users, gone }) => {
      this.#setUsers(users, gone);
    },
    error: ({ code, message }) => {
      this.#logger.warn('the server refused a message', code, message);
    },
  };

  #onNotification(method: string, data: Record<string, unknown>): void {
    if (!Object.hasOwn(this.#notifications, method)) return;
    const apply = () => {
      (this.#notifications[method as CallNotificationMethod] as (data: unknown) => void)(data);
    };
    const { callId } = data;
    const unread = this.#calling > 0 || this.#early.size > 0;
    if (unread && method !== 'incomingCall' && typeof callId === 'string' && !this.#calls.has(callId)) {
      this.#early.set(callId, [...(this.#early.get(callId) ?? []), apply]);
    } else apply();
  }

  #flushEarly(): void {
    const early = [...this.#early];
    this.#early.clear();
    for (const [callId, waiting] of early) {
      if (this.#calls.has(callId)) for (const apply of waiting) apply();
      else if (this.#calling > 0) this.#early.set(callId, waiting);
    }
  }

  async #watch(line: Line): Promise<void> {
    const { users } = await line.request('listUsers', {});
    const present = new Set(users.map(({ userId }) => userId));
    this.#setUsers(
      users,
      [...this.#users.keys()].filter((userId) => !present.has(userId)),
    );
  }

  #setUsers(users: CallAnswers['listUsers']['users'], gone: readonly string[]): void {
    for (const userId of gone) this.#users.delete(userId);
    for (const { userId, displayName, busy } of users) {
      this.#users.set(userId, { userId, name: displayName, busy });
    }
    this.emit('usersChanged', this.#users);
  }

  #ring(info: CallInfo): void {
    this.emit('incomingCall', this.#add(info));
  }

  get #readyComeback(): Comeback | undefined {
    return this.#comeback === 'loading' ? undefined : this.#comeback;
  }

  #loadComeback(): void {
    if (this.#comeback) return;
    this.#comeback = 'loading';
    const { timer } = this.#platform;
    import('./Comeback.js')
      .then(({ Comeback: Loaded }) => {
        this.#comeback = new Loaded({ platform: { timer }, calls: this.#calls, line: () => this.#line });
      })
      .catch((error: unknown) => {
        this.#comeback = undefined;
        this.#logger.warn('what rings will end with the connection', error);
      });
  }

  #add(info: CallInfo): Call {
    this.#loadComeback();
    const call = new Call(info, this.#context);
    this.#calls.set(call.id, call);
    return call;
  }

  readonly #context: CallContext = {
    warn: (message, ...details) => {
      this.#logger.warn(message, ...details);
    },
    accept: (callId) => this.#connectedLine('acceptCall').request('acceptCall', { callId }),
    end: (callId, how) => {
      if (this.#state !== 'connected') this.#owed.set(callId, how);
      else if (this.#line) this.#tellEnd(this.#line, callId, how);
    },
    setVideo: async (callId, video) => {
      await this.#connectedLine('updateCall').request('updateCall', { callId, video });
    },
    createRoom: () => new Room(this.#options),
    displayName: () => this.#displayName,
    roomUrl: (ticket) => ticketUrl(this.#url, ticket, this.#platform.page.href),
    onEnded: (call) => {
      this.#calls.delete(call.id);
    },
  };

  /** Refused: it is over. Not sent: the server asks by itself when the connection is back. */
  #tellEnd(line: Line, callId: string, how: 'rejectCall' | 'hangUpCall'): void {
    line.request(how, { callId }).catch((error: unknown) => {
      this.#logger.debug(how, callId, toParlorError(error, 'NOT_CONNECTED').code);
    });
  }

  #finish(reason: DisconnectReason): void {
    const line = this.#line;
    this.#stopPageLeave?.();
    this.#stopPageLeave = undefined;
    for (const call of [...this.#calls.values()]) {
      if (reason.code === 'CLIENT_INITIATED') void call.hangUp();
      else call.finish('connectionLost');
    }
    this.#line = undefined;
    this.#connecting = undefined;
    this.#watching = false;
    this.#early.clear();
    this.#owed.clear();
    this.#readyComeback?.close();
    line?.close();
    if (this.#users.size > 0) this.#setUsers([], [...this.#users.keys()]);
    this.#setState('disconnected');
    this.emit('disconnected', reason);
  }

  #setState(state: api.PhoneState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.emit('connectionStateChanged', state);
  }
}
