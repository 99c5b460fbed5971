import type { DriverContext } from '../../MediaDriver.js';
import type { Direction } from '../device.js';
import type { SfuTransport } from '../SfuTransport.js';
import type { Inquiry } from './Inquiry.js';

export interface InquirerOptions {
  readonly direction: Direction;
  readonly context: DriverContext;
  /** Of this direction, now: repairs may make another. */
  readonly transport: () => SfuTransport['transport'];
}

/** Asks the server about one direction, in browsers where there is no other way; loaded when that is found out. */
export class Inquirer {
  #inquiry: Inquiry | undefined;

  constructor(private readonly options: InquirerOptions) {}

  /** Whether the server sees that media gets lost. For each look while there is something to carry. */
  look(report: RTCStatsReport, at: number): boolean {
    if (this.#inquiry) return this.#inquiry.look(report, at);
    void this.#load();
    return false;
  }

  /** It is being found out: looks should be close. */
  get isDoubtful(): boolean {
    return this.#inquiry?.isDoubtful ?? false;
  }

  /** It is looked after, and nothing speaks against it. */
  get isWell(): boolean {
    return this.#inquiry?.isDoubtful === false;
  }

  /** A repair still has to show that something arrives. */
  get isUnproven(): boolean {
    return this.#inquiry?.isProven === false;
  }

  /** The path is repaired: what was found out before says nothing any more. */
  beginAnew(): void {
    this.#inquiry?.beginAnew();
  }

  /** The transport is another one. */
  forget(): void {
    this.#inquiry = undefined;
  }

  async #load(): Promise<void> {
    const { direction, context, transport } = this.options;
    const asked = transport();
    try {
      const { Inquiry } = await import('./Inquiry.js');
      if (asked === transport()) this.#inquiry ??= new Inquiry({ direction, context, transport: asked });
    } catch (error) {
      context.logger.debug('media', direction, error);
    }
  }
}
