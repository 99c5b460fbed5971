import type { CallAnswers, CallMethod, CallRequestData } from '@parlor/protocol';
import { Emitter } from '../emitter.js';
import { ParlorError, toParlorError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Platform } from '../platform.js';
import { Reconnector } from '../signaling/Reconnector.js';
import type { ReconnectPolicy } from '../signaling/reconnectPolicy.js';
import type { ChannelFactory, SignalChannel } from '../signaling/SignalChannel.js';
import { withinTime } from '../signaling/withinTime.js';

export interface LineOptions {
  readonly url: string;
  readonly hello: CallRequestData<'openLine'>;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly policy: ReconnectPolicy;
  readonly connectTimeout: number;
  readonly requestTimeout: number;
  readonly openChannel: ChannelFactory;
}

export interface LineEvents {
  /** Connected, for the first time or again, with the calls that the server knows here. */
  opened: [answer: CallAnswers['openLine']];
  lost: [error: ParlorError];
  /** For good: by the server or the policy. */
  ended: [error: ParlorError];
  notification: [method: string, data: Record<string, unknown>];
}

/** The connection that calls come by: opened again whenever it is lost, until it is closed. */
export class Line extends Emitter<LineEvents> {
  readonly #abort = new AbortController();
  readonly #reconnector: Reconnector;
  #channel: SignalChannel | undefined;

  constructor(private readonly options: LineOptions) {
    super();
    this.#reconnector = new Reconnector({ ...options, signal: this.#abort.signal });
  }

  /** @throws ParlorError; the line is over then */
  async open(): Promise<void> {
    try {
      await this.#attempt();
    } catch (error) {
      this.#abort.abort();
      throw toParlorError(error, 'SERVER_UNREACHABLE');
    }
  }

  /** @throws ParlorError `NOT_CONNECTED` while there is no connection, or the server's refusal */
  async request<M extends CallMethod>(method: M, data: CallRequestData<M>): Promise<CallAnswers[M]> {
    if (!this.#channel)
      throw new ParlorError('NOT_CONNECTED', `"${method}" needs a connection. Connect, or wait for it.`);
    return (await this.#channel.request(method, data)) as CallAnswers[M];
  }

  /** Says goodbye and ends everything. No event follows. */
  close(): void {
    this.removeAllListeners();
    this.#abort.abort();
    const channel = this.#channel;
    this.#channel = undefined;
    if (!channel) return;
    // The request is on the wire before the socket closes; nobody waits for its answer.
    channel.request('closeLine').catch(() => undefined);
    channel.close();
  }

  #attempt(): Promise<void> {
    const { platform, connectTimeout: timeout } = this.options;
    return withinTime({ platform, timeout, signal: this.#abort.signal }, (signal) => this.#connect(signal));
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const { hello, openChannel } = this.options;
    const channel = await openChannel({ ...this.options, signal });
    const giveUp = () => {
      channel.close();
    };
    signal.addEventListener('abort', giveUp);
    try {
      const follow = this.#follow(channel);
      const answer = (await channel.request('openLine', hello)) as CallAnswers['openLine'];
      if (signal.aborted) throw new ParlorError('CANCELLED', 'Connecting was called off.');
      follow(answer);
    } catch (error) {
      giveUp();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Listens from the start; what arrives before the answer waits for it. */
  #follow(channel: SignalChannel): (answer: CallAnswers['openLine']) => void {
    const early: [string, Record<string, unknown>][] = [];
    let lostEarly: ParlorError | undefined;
    channel.on('notification', (method, data) => {
      if (this.#channel === channel) this.emit('notification', method, data);
      else early.push([method, data]);
    });
    channel.on('closed', ({ error, final }) => {
      if (this.#channel === channel) this.#onLost(error, final);
      else lostEarly = error;
    });
    return (answer) => {
      if (lostEarly) throw lostEarly;
      this.#channel = channel;
      this.emit('opened', answer);
      for (const [method, data] of early.splice(0)) this.emit('notification', method, data);
    };
  }

  #onLost(error: ParlorError, final: boolean): void {
    this.#channel = undefined;
    if (final) {
      this.#end(error);
      return;
    }
    this.emit('lost', error);
    this.#reconnector.start(
      () => this.#attempt(),
      { cause: error },
      (failure) => {
        this.#end(failure);
      },
    );
  }

  #end(error: ParlorError): void {
    this.#abort.abort();
    this.emit('ended', error);
    this.removeAllListeners();
  }
}
