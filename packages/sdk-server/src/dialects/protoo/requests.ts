import {
  ProtooRequest,
  type ProtooAnswers,
  type ProtooFailure,
  type ProtooSuccess,
  type RtpCapabilities,
} from '@parlor/protocol';
import { ParlorError, toWireError } from '../../errors.js';
import { validate } from '../validate.js';

/** A request, or what could be made out of something that wanted to be one. */
export type Incoming =
  | { type: 'request'; request: ProtooRequest }
  /** `text`: the message as it came. */
  | { type: 'notification'; method: string; data: unknown; text: string }
  /** Answers of the client: the server asks nothing. */
  | { type: 'ignored' }
  | { type: 'invalid'; id: number | undefined; error: ParlorError };

export function readMessage(text: string): Incoming {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    return {
      type: 'invalid',
      id: undefined,
      error: new ParlorError('INVALID_JSON', 'not JSON', { cause: error }),
    };
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return { type: 'invalid', id: undefined, error: new ParlorError('BAD_REQUEST', 'not a protoo message') };
  }
  if ('response' in message) return { type: 'ignored' };
  if ('notification' in message) {
    const { method, data } = message as { method?: unknown; data?: unknown };
    return typeof method === 'string' ? { type: 'notification', method, data, text } : { type: 'ignored' };
  }
  if (isRequest(message)) return { type: 'request', request: message };
  try {
    return { type: 'request', request: validate(ProtooRequest, message, 'message') };
  } catch (error) {
    const id =
      'id' in message && typeof message.id === 'number' && Number.isFinite(message.id)
        ? message.id
        : undefined;
    return { type: 'invalid', id, error: error as ParlorError };
  }
}

/**
 * Whether `ProtooRequest` would take it. Every message passes here, so the schema is asked only what to say of
 * those that are wrong.
 */
export function isRequest(message: object): message is ProtooRequest {
  const { request, id, method } = message as Partial<Record<keyof ProtooRequest, unknown>>;
  return (
    request === true &&
    typeof id === 'number' &&
    Number.isSafeInteger(id) &&
    id >= 0 &&
    typeof method === 'string' &&
    method.length >= 1 &&
    method.length <= 64
  );
}

export function successText(id: number, data: object): string {
  return JSON.stringify({ response: true, id, ok: true, data } satisfies ProtooSuccess);
}

/**
 * The same of an answer that describes a room. What a room can is two thirds of that, and the same for all who join: it
 * is written once.
 */
export function roomText(id: number, { rtpCapabilities, ...data }: ProtooAnswers['joinRoom']): string {
  let written = capabilities.get(rtpCapabilities);
  if (written === undefined) capabilities.set(rtpCapabilities, (written = JSON.stringify(rtpCapabilities)));
  const end = '}}';
  return `${successText(id, data).slice(0, -end.length)},"rtpCapabilities":${written}${end}`;
}
const capabilities = new WeakMap<RtpCapabilities, string>();

export function failureText(id: number, error: unknown): string {
  const { code, message, http } = toWireError(error);
  return JSON.stringify({
    response: true,
    id,
    ok: false,
    errorCode: http,
    errorReason: message,
    code,
  } satisfies ProtooFailure);
}
