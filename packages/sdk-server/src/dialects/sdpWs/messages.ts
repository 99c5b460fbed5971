import { SdpWsClientMessage } from '@parlor/protocol';
import { validate } from '../validate.js';

export interface Incoming {
  message: SdpWsClientMessage;
  /** The client writes `payload` as JSON text, not as an object. */
  writesText: boolean;
}

/** A message of a client; undefined: it is not JSON, which the source document has ignored. @throws BAD_REQUEST */
export function readMessage(text: string): Incoming | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const message = validate(SdpWsClientMessage, value, 'message');
  return { message, writesText: typeof (value as { payload?: unknown }).payload === 'string' };
}

/** RFC 8839 §5.1, with or without the `a=` that some write; empty: there are no more. */
export const isCandidate = (text: string): boolean => text === '' || CANDIDATE.test(text);

const CANDIDATE =
  /^(a=)?candidate:[A-Za-z0-9+/]{1,64} \d{1,3} (udp|tcp|ssltcp) \d{1,10} [A-Za-z0-9.:%_-]{1,255} \d{1,5} typ (host|srflx|prflx|relay)( |$)/i;
