import type { ArmAnswer, ArmRequest } from './ArmProcess.js';

/** The other end of `ArmProcess`: answers calls until the benchmark disconnects, then closes and ends. */
export function serveArm<M extends Record<keyof M, (data: never) => unknown>>(
  methods: M,
  close: () => void | Promise<void>,
): void {
  process.on('message', ({ id, method, data }: ArmRequest) => {
    const answer = async () => methods[method as keyof M](data as never);
    answer().then(
      (result) => process.send?.({ id, result } satisfies ArmAnswer),
      (error: unknown) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.send?.({ id, error: text } satisfies ArmAnswer);
      },
    );
  });
  process.once('disconnect', () => {
    // mediasoup takes the signals for itself and leaves timers behind: end explicitly.
    void Promise.resolve(close()).finally(() => process.exit(0));
  });
}
