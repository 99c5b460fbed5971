/** What was seen on a socket: requests that went out and answers that came in, in order. */
export type Seen = { sent: number } | { answered: number };

/**
 * How often the client had to wait for an answer before it could send its last request: the longest chain of
 * requests, each sent after the answer to the one before, less the last one, which nothing waits for.
 */
export function roundTripsWaitedFor(seen: readonly Seen[]): number {
  const depths = new Map<number, number>();
  let answeredDepth = 0;
  let deepest = 0;
  for (const event of seen) {
    if ('sent' in event) {
      depths.set(event.sent, answeredDepth + 1);
      deepest = Math.max(deepest, answeredDepth + 1);
    } else {
      answeredDepth = Math.max(answeredDepth, depths.get(event.answered) ?? 0);
    }
  }
  return Math.max(0, deepest - 1);
}
