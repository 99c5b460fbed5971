import { MAX_TOPIC, SdpWsDataMessage, type SdpWsDataUpdate } from '@parlor/protocol';
import { ParlorError } from '../../errors.js';
import { isNestedDeeperThan } from '../nesting.js';
import { validate } from '../validate.js';

export interface DataMessage {
  topic: string;
  payload: unknown;
  /** Participants; undefined: everyone else. */
  to: readonly string[] | undefined;
}

/** As deep as messages on a socket may be. */
const MAX_NESTING = 64;

/**
 * What a client says on a data channel: a message of the protocol, or text of its own under the label of the channel.
 * @throws BAD_REQUEST
 */
export function readDataMessage(text: string, label: string): DataMessage {
  const value = parse(text);
  if (typeof value !== 'object' || value === null || !('topic' in value) || typeof value.topic !== 'string')
    return { topic: label.length <= MAX_TOPIC ? label : '', payload: text, to: undefined };
  const { to, topic, payload } = validate(SdpWsDataMessage, value, 'message');
  return { topic, payload, to: typeof to === 'string' ? [to] : (to ?? undefined) };
}

/** A message of the room as it goes over a data channel. */
export function writeDataMessage(message: {
  from: string | undefined;
  topic: string;
  payload: unknown;
}): string {
  const { from, topic, payload } = message;
  return JSON.stringify({ ...(from !== undefined && { from }), topic, payload } satisfies SdpWsDataUpdate);
}

/** Undefined: it is not the JSON text of an object. */
function parse(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined;
  if (isNestedDeeperThan(MAX_NESTING, text))
    throw new ParlorError('BAD_REQUEST', `a message may be nested ${String(MAX_NESTING)} levels at most`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
