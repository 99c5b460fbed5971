import { ParlorError } from '../errors.js';
import { isNestedDeeperThan } from './nesting.js';

const MAX_NESTING = 64;

/**
 * The body of a request as JSON; undefined: it has none. Reads no more than `maxBytes`.
 * @throws MESSAGE_TOO_LARGE, INVALID_JSON, BAD_REQUEST (nested too deeply)
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const text = await readText(request, maxBytes);
  if (text.trim() === '') return undefined;
  if (isNestedDeeperThan(MAX_NESTING, text))
    throw new ParlorError('BAD_REQUEST', `the body may be nested ${String(MAX_NESTING)} deep at most`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParlorError('INVALID_JSON', 'the body must be JSON', { cause });
  }
}

/** The body of a request as text, up to `maxBytes`. @throws MESSAGE_TOO_LARGE */
export async function readText({ body }: Request, maxBytes: number): Promise<string> {
  if (!body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes)
      throw new ParlorError('MESSAGE_TOO_LARGE', `the body may have ${String(maxBytes)} bytes at most`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
