import { ParlorError } from '../../errors.js';

/** @throws CONTENT_TYPE_UNSUPPORTED */
export function assertContentType(request: Request, wanted: string): void {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';');
  if (type.trim().toLowerCase() === wanted) return;
  throw new ParlorError('CONTENT_TYPE_UNSUPPORTED', `send it as Content-Type: ${wanted}`);
}

/** Whether the client would read the answer (RFC 9110 §12.5.1). @throws NOT_ACCEPTABLE */
export function assertAccepts(request: Request, given: string): void {
  const header = request.headers.get('accept');
  if (header === null || header.trim() === '') return;
  const taken = new Set([given, `${given.slice(0, given.indexOf('/'))}/*`, '*/*']);
  const accepts = header.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return taken.has(type) && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
  if (!accepts) throw new ParlorError('NOT_ACCEPTABLE', `the answer is ${given}: let Accept have it`);
}

/**
 * Whether a request is about the present ICE session, whose strong entity tag is `etag` (RFC 9725 §4.3.1; RFC 9110
 * §13.1.1). `*`, in quotes too as in the examples of the RFC, is about whichever there is.
 *
 * @throws PRECONDITION_REQUIRED, PRECONDITION_FAILED
 */
export function assertMatches(request: Request, etag: string): void {
  const header = request.headers.get('if-match');
  if (header === null) {
    throw new ParlorError(
      'PRECONDITION_REQUIRED',
      'If-Match is missing: send the ETag of the last answer, or * to restart ICE',
    );
  }
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.some((tag) => tag === etag || tag === '*' || tag === '"*"')) return;
  throw new ParlorError(
    'PRECONDITION_FAILED',
    'ICE has been restarted since: send the ETag of the last answer',
  );
}
