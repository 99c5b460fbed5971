type Listener = (event: never) => void;

/** A negotiated data channel: what is sent arrives unless the path is cut, or nobody has the channel there. */
export class FakeDataChannel {
  readyState: RTCDataChannelState = 'connecting';
  /** Set in tests: bytes that have not gone out yet. */
  bufferedAmount = 0;
  readonly #listeners: { type: string; listener: Listener }[] = [];

  constructor(
    readonly label: string,
    readonly init: RTCDataChannelInit,
    private readonly transmit: (text: string) => void,
  ) {}

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push({ type, listener });
  }

  send(text: string): void {
    if (this.readyState !== 'open') throw new DOMException('not open', 'InvalidStateError');
    this.transmit(text);
  }

  open(): void {
    if (this.readyState !== 'connecting') return;
    this.readyState = 'open';
    this.#emit('open', undefined);
  }

  /** As when something comes from the other side, of whatever kind. */
  receive(data: unknown): void {
    if (this.readyState === 'open') this.#emit('message', { data });
  }

  close(): void {
    this.readyState = 'closed';
    this.#listeners.length = 0;
  }

  #emit(type: string, event: unknown): void {
    for (const each of [...this.#listeners]) if (each.type === type) each.listener(event as never);
  }
}
