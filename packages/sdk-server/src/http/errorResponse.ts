import type { HttpErrorBody } from '@parlor/protocol';
import { toWireError } from '../errors.js';

/** An error as an HTTP answer: status and headers by its code, never a stack. */
export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The answer for anything thrown. */
export function errorAnswer(error: unknown): ErrorAnswer {
  const wire = toWireError(error);
  const body: HttpErrorBody = { error: wire.code, message: wire.message };
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  };
  // RFC 6750 §3 and RFC 9110 §15.5.22 ask for these.
  if (wire.http === 401) headers['www-authenticate'] = 'Bearer';
  if (wire.http === 426) headers['upgrade'] = 'websocket';
  return { status: wire.http, headers, body: JSON.stringify(body) };
}

export function errorResponse(error: unknown): Response {
  const { status, headers, body } = errorAnswer(error);
  return new Response(body, { status, headers });
}
