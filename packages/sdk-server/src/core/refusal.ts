import { isParlorError, ParlorError, type ErrorCode } from '../errors.js';

/**
 * Runs a hook of the host application. An `Error` it throws is its word to the client and becomes `code` with that
 * message; a `ParlorError` passes as it is; a `TypeError` and the like is a bug in the hook and stays internal.
 */
export async function askHook(code: ErrorCode, hook: () => void | Promise<void>): Promise<void> {
  try {
    await hook();
  } catch (error) {
    if (isParlorError(error)) throw error;
    if (error instanceof Error && error.constructor === Error) {
      throw new ParlorError(code, error.message, { cause: error });
    }
    throw error;
  }
}
