import { Emitter } from '../emitter.js';
import { ParlorError } from '../errors.js';
import { isFinal } from './finality.js';
import { Liveness } from './Liveness.js';
import { Reconnector } from './Reconnector.js';
import { RequestTable, type ResponseFrame } from './RequestTable.js';
import type { ChannelClosed, ChannelOptions, SignalChannel, SignalChannelEvents } from './SignalChannel.js';
import { Told } from './Told.js';
import { returnUrl } from './url.js';
import { withinTime } from './withinTime.js';
import { WsConnection } from './WsConnection.js';

type Message = Record<string, unknown>;

const isObject = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): Message | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return isObject(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}

/** Ends of the server's side that nothing can be resumed after. */
const NOTHING_LEFT: ReadonlySet<string> = new Set(['SERVER_CLOSING', 'MEDIA_SERVER_DIED']);

/**
 * protoo v4 framing over WebSockets, one after the other where the server has given a token to resume with. Notifications
 * that nobody knows pass through; requests of the server are refused.
 */
export class ProtooChannel extends Emitter<SignalChannelEvents> implements SignalChannel {
  readonly #requests: RequestTable;
  readonly #told = new Told();
  readonly #abort = new AbortController();
  readonly #reconnector: Reconnector;
  #state: 'open' | 'interrupted' | 'closed' = 'open';
  #connection: WsConnection;
  #liveness: Liveness;
  #resumeToken: string | undefined;
  /** The number of the last notification that arrived. */
  #heard = 0;
  /** How much was sent. */
  #order = 0;

  private constructor(
    connection: WsConnection,
    private readonly options: ChannelOptions,
  ) {
    super();
    this.#requests = new RequestTable(options.platform);
    this.#reconnector = new Reconnector({ ...options, signal: this.#abort.signal });
    this.#connection = connection;
    this.#liveness = this.#watch(connection);
    this.#listen(connection, (info) => {
      this.#onLost(info);
    });
  }

  static async open(options: ChannelOptions): Promise<ProtooChannel> {
    return new ProtooChannel(await WsConnection.open(options), options);
  }

  resumeWith(resumeToken: string): void {
    this.#resumeToken = resumeToken;
  }

  request(method: string, data: unknown = {}): Promise<unknown> {
    if (this.#state === 'closed')
      return Promise.reject(new ParlorError('NOT_CONNECTED', `"${method}": the connection is closed.`));
    const { id, answer, text } = this.#ask(method, data, this.options.requestTimeout);
    const order = (this.#order += 1);
    if (this.#resumeToken !== undefined) this.#requests.keep(id, { order, text });
    if (this.#state === 'open') this.#connection.send(text);
    else this.#requests.wait(id);
    return answer;
  }

  tell(method: string, data: unknown): void {
    if (this.#state === 'closed') return;
    this.options.logger.debug('notification sent', method, data);
    const text = JSON.stringify({ notification: true, method, data });
    const order = (this.#order += 1);
    this.#told.add({ order, text });
    if (this.#state === 'open') this.#connection.send(text);
  }

  close(comesBack?: boolean): void {
    if (this.#state === 'closed') return;
    this.#shut();
    this.#connection.close(comesBack);
    this.#requests.failAll(new ParlorError('CANCELLED', 'The connection was closed.'));
    this.removeAllListeners();
  }

  #ask(
    method: string,
    data: unknown,
    timeout: number,
  ): { id: number; answer: Promise<unknown>; text: string } {
    const { id, answer } = this.#requests.add(method, timeout);
    this.options.logger.debug('request', id, method, data);
    return { id, answer, text: JSON.stringify({ request: true, id, method, data }) };
  }

  #listen(connection: WsConnection, onClosed: (info: ChannelClosed) => void): void {
    connection.on('text', (text) => {
      this.#receive(connection, text);
    });
    connection.on('closed', onClosed);
  }

  #watch(connection: WsConnection): Liveness {
    return new Liveness({
      platform: this.options.platform,
      ping: (timeout) => {
        const { answer, text } = this.#ask('ping', {}, timeout);
        connection.send(text);
        return answer;
      },
      onDead: () => {
        connection.abandon('The server stopped answering.');
      },
    });
  }

  #receive(connection: WsConnection, text: string): void {
    if (connection === this.#connection) this.#liveness.heard();
    const message = parse(text);
    if (message?.['response'] === true) this.#onResponse(message);
    else if (message?.['notification'] === true) this.#onNotification(connection, message);
    else if (message?.['request'] === true) refuse(connection, message['id']);
    else this.options.logger.warn('message ignored: not a protoo frame');
  }

  #onResponse(message: Message): void {
    const response: ResponseFrame = { id: undefined, ok: undefined, ...message };
    if (!this.#requests.settle(response)) this.options.logger.debug('late response', response.id);
  }

  #onNotification(connection: WsConnection, { method, data }: Message): void {
    if (typeof method !== 'string') return;
    this.options.logger.debug('notification', method, data);
    const known = isObject(data) ? data : {};
    const { seq } = known;
    if (typeof seq === 'number') {
      if (seq <= this.#heard) return;
      // One was swallowed on the way: it comes again, and this one after it, where the session is taken up.
      if (seq > this.#heard + 1 && this.#resumeToken !== undefined) {
        connection.abandon('A message was lost.');
        return;
      }
      this.#heard = seq;
    }
    this.emit('notification', method, known);
  }

  #onLost(info: ChannelClosed): void {
    if (this.#state !== 'open') return;
    this.#liveness.stop();
    if (this.#resumeToken === undefined || info.final || NOTHING_LEFT.has(info.error.code)) {
      this.#end(info);
      return;
    }
    this.#state = 'interrupted';
    this.#requests.hold(info.error);
    this.emit('interrupted', info.error);
    this.#reconnector.start(
      () => this.#resume(),
      { cause: info.error },
      (error) => {
        // What the server has forgotten can still be joined again; what the policy has given up cannot.
        this.#end({ error, final: !isFinal(error) });
      },
    );
  }

  #resume(): Promise<void> {
    const { platform, connectTimeout: timeout } = this.options;
    const resumeToken = this.#resumeToken;
    return withinTime({ platform, timeout, signal: this.#abort.signal }, async (signal) => {
      const url = returnUrl(this.options.url, resumeToken);
      const connection = await WsConnection.open({ ...this.options, url, signal });
      const { id, answer, text } = this.#ask('resumeSession', { resumeToken, seq: this.#heard }, timeout);
      this.#listen(connection, (info) => {
        if (connection === this.#connection) this.#onLost(info);
        else this.#requests.fail(id, info.error);
      });
      const giveUp = () => {
        connection.close();
        this.#requests.fail(id, new ParlorError('CANCELLED', 'Connecting was called off.'));
      };
      signal.addEventListener('abort', giveUp);
      try {
        connection.send(text);
        const { heard } = (await answer) as { heard: number };
        this.#continue(connection, heard);
      } catch (error) {
        connection.close();
        throw error;
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    });
  }

  /** @throws ParlorError `SESSION_NOT_FOUND` */
  #continue(connection: WsConnection, heard: number): void {
    const told = this.#told.after(heard);
    if (!told) throw new ParlorError('SESSION_NOT_FOUND', 'Too much was said meanwhile.', { status: 404 });
    this.#connection = connection;
    this.#liveness = this.#watch(connection);
    this.#state = 'open';
    const frames = [...told, ...this.#requests.release()].sort((a, b) => a.order - b.order);
    for (const { text } of frames) connection.send(text);
    this.emit('resumed');
  }

  #end(info: ChannelClosed): void {
    if (this.#state === 'closed') return;
    this.#shut();
    this.#requests.failAll(info.error);
    this.emit('closed', info);
    this.removeAllListeners();
  }

  #shut(): void {
    this.#state = 'closed';
    this.#abort.abort();
    this.#liveness.stop();
  }
}

function refuse(connection: WsConnection, id: unknown): void {
  const response = {
    response: true,
    id,
    ok: false,
    errorCode: 404,
    errorReason: 'unknown method',
    code: 'UNKNOWN_METHOD',
  };
  connection.send(JSON.stringify(response));
}
