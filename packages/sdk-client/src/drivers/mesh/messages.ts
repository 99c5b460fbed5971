/*
 * What goes over a data channel: JSON text `{ topic, payload }`, within the limits of the protocol's `sendMessage`. Nobody
 * has looked at it on the way.
 */

export interface Message {
  readonly topic: string;
  readonly payload: unknown;
}

/** UTF-8 bytes: what the server takes as well. */
export const MAX_BYTES = 256 * 1024;

/** UTF-16 code units. */
export const MAX_TOPIC = 128;

/** Undefined for what the server would refuse: it says so best. @throws TypeError when it is no JSON value */
export const writeMessage = ({ topic, payload }: Message): string | undefined =>
  topic.length > MAX_TOPIC ? undefined : JSON.stringify({ topic, payload });

/** Undefined when it is none. Never throws. */
export function readMessage(data: unknown): Message | undefined {
  if (typeof data !== 'string' || data.length > MAX_BYTES) return undefined;
  try {
    const { topic, payload } = JSON.parse(data) as Partial<Record<string, unknown>>;
    return typeof topic === 'string' && topic.length <= MAX_TOPIC ? { topic, payload } : undefined;
  } catch {
    return undefined;
  }
}
