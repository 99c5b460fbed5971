import type { types } from 'mediasoup';

/**
 * A router's way between data channels and Node: what clients send is consumed here, and what they are sent is sent by
 * their own data consumers, which need a producer to belong to.
 */
export class DataHub {
  readonly #router: types.Router;
  #transport: Promise<types.DirectTransport> | undefined;
  #source: Promise<types.DataProducer> | undefined;

  constructor(router: types.Router) {
    this.#router = router;
  }

  /** Hands over what a client sends on one stream, for as long as the stream is produced. */
  async listen(
    producer: types.DataProducer,
    heard: (message: { data: Uint8Array; ppid: number }) => void,
  ): Promise<void> {
    const transport = await this.#open();
    const consumer = await transport.consumeData({ dataProducerId: producer.id });
    consumer.on('message', (data, ppid) => {
      heard({ data, ppid });
    });
  }

  /** Of a producer that never says anything. */
  async sourceId(): Promise<string> {
    this.#source ??= this.#open().then((transport) => transport.produceData());
    return (await this.#source).id;
  }

  #open(): Promise<types.DirectTransport> {
    return (this.#transport ??= this.#router.createDirectTransport());
  }
}
