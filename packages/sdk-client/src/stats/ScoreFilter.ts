/** Evens out what streams are worth: a bad moment counts half; being lost, and being back, count at once. */
export class ScoreFilter {
  readonly #smooth = new Map<string, number>();

  constructor(private readonly tell: (producerId: string, score: number, own: boolean) => void) {}

  /** Without news (`undefined`) the last word is repeated. */
  put(producerId: string, score: number | undefined, own: boolean): void {
    const before = this.#smooth.get(producerId);
    const now = score === undefined ? before : score === 0 || !before ? score : (before + score) / 2;
    if (now === undefined) return;
    this.#smooth.set(producerId, now);
    this.tell(producerId, Math.round(now), own);
  }

  forget(producerId: string): void {
    this.#smooth.delete(producerId);
  }
}
