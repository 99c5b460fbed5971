import type { types } from 'mediasoup';
import type { CarriedProducer } from './CarriedProducer.js';
import { LocalPipeEnd, type LocalPipeOptions } from './LocalPipeEnd.js';
import { RouterPipe } from './RouterPipe.js';

/** What is carried, and where it is now. */
export interface Carriage extends Pick<LocalPipeOptions, 'retransmits'> {
  readonly producerId: string;
  readonly from: types.Router;
  readonly to: types.Router;
}

interface Entry {
  readonly pipe: Promise<RouterPipe>;
  readonly first: types.Router;
}

/** The pipes of a room: between two routers there is one, made when something first has to go from the one to the other. */
export class Pipes {
  readonly #ports: LocalPipeOptions['ports'];
  readonly #entries = new Map<string, Entry>();

  constructor(ports: LocalPipeOptions['ports']) {
    this.#ports = ports;
  }

  /** How many there are now. */
  get size(): number {
    return this.#entries.size;
  }

  async carry({ producerId, from, to, retransmits }: Carriage): Promise<CarriedProducer> {
    const key = [from.id, to.id].sort().join(' ');
    const { pipe, first } = this.#entries.get(key) ?? this.#open(key, [from, to], retransmits);
    return await (await pipe).carry(producerId, from === first ? 'first' : 'second');
  }

  #open(key: string, routers: readonly [types.Router, types.Router], retransmits: boolean): Entry {
    const [first, second] = routers;
    const options = { retransmits, ports: this.#ports };
    const pipe = RouterPipe.connect([LocalPipeEnd.open(first, options), LocalPipeEnd.open(second, options)]);
    const entry: Entry = { pipe, first };
    this.#entries.set(key, entry);
    const forget = () => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    };
    pipe.then(
      (opened) => opened.on('closed', forget),
      // Whoever wanted it hears why; the next one tries again.
      forget,
    );
    return entry;
  }
}
