/** Counts the packets of one client. */
export class Arrivals {
  #packets = 0;
  #firstAt: number | undefined;

  readonly add = (): void => {
    this.#firstAt ??= performance.now();
    this.#packets += 1;
  };

  readonly packets = (): number => this.#packets;

  readonly firstAt = (): number | undefined => this.#firstAt;
}
