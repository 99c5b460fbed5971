import type { Scheduler } from 'fast-check';
import { FakeBackend, type FakeMediaRoom, type FakeTransport } from '../../src/media/fake/FakeBackend.js';

/** A media backend that answers when, and in which order, a scheduler says. */
export class SlowBackend extends FakeBackend {
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    super();
    this.#scheduler = scheduler;
  }

  override async createRoom(roomId: string): Promise<FakeMediaRoom> {
    const room = await this.#late('createRoom', super.createRoom(roomId));
    const createTransport = room.createTransport.bind(room);
    room.createTransport = async () => this.#slow(await this.#late('createTransport', createTransport()));
    return room;
  }

  #slow(transport: FakeTransport): FakeTransport {
    const produce = transport.produce.bind(transport);
    const consume = transport.consume.bind(transport);
    transport.produce = (options) => this.#late('produce', produce(options));
    transport.consume = (options) => this.#late('consume', consume(options));
    return transport;
  }

  #late<T>(label: string, answer: Promise<T>): Promise<T> {
    return this.#scheduler.schedule(answer, label);
  }
}
