import type { ParlorError } from '../errors.js';

/** What a server says of a path that has ended, and whose successor it has not named yet. */
export const isGone = ({ code }: ParlorError): boolean =>
  code === 'PATH_GONE' || code === 'TRANSPORT_NOT_FOUND';
