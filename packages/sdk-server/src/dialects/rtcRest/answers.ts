import type { HttpErrorBody } from '@parlor/protocol';
import { toWireError } from '../../errors.js';
import type { Language } from '../language.js';
import { errorText } from './texts.js';

/** An answer that can be given again. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const JSON_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  // Credentials of TURN servers are in some of them.
  'cache-control': 'no-store',
};

export const success = (body: object): Answer => ({
  status: 200,
  headers: JSON_HEADERS,
  body: JSON.stringify(body),
});

/** Status by the code of what was thrown, text in the language of the client; never a stack. */
export function failure(error: unknown, language: Language, allow?: string): Answer {
  const { code, message, http } = toWireError(error);
  const body: HttpErrorBody = { error: code, message: errorText({ code, message }, language) };
  return {
    status: http,
    headers: {
      ...JSON_HEADERS,
      'content-language': language,
      vary: 'Accept-Language',
      // RFC 6750 §3 and RFC 9110 §15.5.6.
      ...(http === 401 && { 'www-authenticate': 'Bearer' }),
      ...(http === 405 && allow !== undefined && { allow }),
    },
    body: JSON.stringify(body),
  };
}

export const toResponse = ({ status, headers, body }: Answer): Response =>
  new Response(body, { status, headers });
