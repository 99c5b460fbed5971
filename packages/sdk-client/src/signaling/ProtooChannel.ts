import { Emitter } from '../emitter.js';
import { ParlorError } from '../errors.js';
import { Liveness } from './Liveness.js';
import { RequestTable, type ResponseFrame } from './RequestTable.js';
import type { ChannelClosed, ChannelOptions, SignalChannel, SignalChannelEvents } from './SignalChannel.js';
import { WsConnection } from './WsConnection.js';

type Frame = Record<string, unknown>;

const isObject = (value: unknown): value is Frame =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): Frame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return isObject(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}

/** protoo v4 framing over a WebSocket. Notifications that nobody knows pass through; requests of the server are refused. */
export class ProtooChannel extends Emitter<SignalChannelEvents> implements SignalChannel {
  readonly #requests: RequestTable;
  readonly #liveness: Liveness;
  #open = true;

  private constructor(
    private readonly connection: WsConnection,
    private readonly options: ChannelOptions,
  ) {
    super();
    this.#requests = new RequestTable(options.platform);
    this.#liveness = new Liveness({
      platform: options.platform,
      ping: (timeout) => this.#send('ping', {}, timeout),
      onDead: () => {
        connection.abandon('The server stopped answering.');
      },
    });
    connection.on('text', (text) => {
      this.#receive(text);
    });
    connection.on('closed', (info) => {
      this.#end(info);
    });
  }

  static async open(options: ChannelOptions): Promise<ProtooChannel> {
    return new ProtooChannel(await WsConnection.open(options), options);
  }

  request(method: string, data: unknown = {}): Promise<unknown> {
    return this.#send(method, data, this.options.requestTimeout);
  }

  tell(method: string, data: unknown): void {
    if (!this.#open) return;
    this.options.logger.debug('notification sent', method, data);
    this.connection.send(JSON.stringify({ notification: true, method, data }));
  }

  close(): void {
    if (!this.#open) return;
    this.#shut();
    this.connection.close();
    this.#requests.failAll(new ParlorError('CANCELLED', 'The connection was closed.'));
    this.removeAllListeners();
  }

  #send(method: string, data: unknown, timeout: number): Promise<unknown> {
    if (!this.#open)
      return Promise.reject(new ParlorError('NOT_CONNECTED', `"${method}": the connection is closed.`));
    const { id, answer } = this.#requests.add(method, timeout);
    this.options.logger.debug('request', id, method, data);
    this.connection.send(JSON.stringify({ request: true, id, method, data }));
    return answer;
  }

  #receive(text: string): void {
    this.#liveness.heard();
    const frame = parse(text);
    if (frame?.['response'] === true) this.#onResponse(frame);
    else if (frame?.['notification'] === true) this.#onNotification(frame);
    else if (frame?.['request'] === true) this.#refuse(frame['id']);
    else this.options.logger.warn('message ignored: not a protoo frame');
  }

  #onResponse(frame: Frame): void {
    const response: ResponseFrame = { id: undefined, ok: undefined, ...frame };
    if (!this.#requests.settle(response)) this.options.logger.debug('late response', response.id);
  }

  #onNotification({ method, data }: Frame): void {
    if (typeof method !== 'string') return;
    this.options.logger.debug('notification', method, data);
    this.emit('notification', method, isObject(data) ? data : {});
  }

  #refuse(id: unknown): void {
    const response = {
      response: true,
      id,
      ok: false,
      errorCode: 404,
      errorReason: 'unknown method',
      code: 'UNKNOWN_METHOD',
    };
    this.connection.send(JSON.stringify(response));
  }

  #end(info: ChannelClosed): void {
    if (!this.#open) return;
    this.#shut();
    this.#requests.failAll(info.error);
    this.emit('closed', info);
    this.removeAllListeners();
  }

  #shut(): void {
    this.#open = false;
    this.#liveness.stop();
  }
}
