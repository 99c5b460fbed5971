import type { CodeMapping, ErrorCode } from '@parlor/protocol';

/** protoo clients reconnect after any close code but this one. */
const NO_RECONNECT = 4000;

/** Close code and reason: the reason is the error code, the close code tells whether to come back. */
export function closeFrame({ code, ws, final }: { code: ErrorCode } & CodeMapping): [number, string] {
  return [final ? NO_RECONNECT : ws, code];
}
