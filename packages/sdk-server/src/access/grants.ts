import { z } from 'zod';
import { completed, DEFAULT_GRANTS, type Given } from '../core/permissions.js';
import type { Grants } from '../core/types.js';

/** What a token may say that its holder can do; left out: everything but moderating. */
export const GrantsClaim = z.object({
  create: z.boolean().optional(),
  publish: z.array(z.enum(['audio', 'video', 'screen'])).optional(),
  subscribe: z.boolean().optional(),
  data: z.boolean().optional(),
  moderate: z.boolean().optional(),
});

/** The grants named over the defaults. */
export const grantsOf = (given?: Given): Readonly<Grants> => (given ? completed(given) : DEFAULT_GRANTS);

/**
 * Whether a room id fits a pattern in which `*` stands for any text, also none. Everything else means itself. No
 * regular expression is made: patterns come from tokens, and no pattern may take long.
 */
export function matchesRoom(pattern: string, roomId: string): boolean {
  const [prefix = '', ...rest] = pattern.split('*');
  const suffix = rest.pop();
  if (suffix === undefined) return pattern === roomId;
  if (!roomId.startsWith(prefix)) return false;

  let from = prefix.length;
  for (const part of rest) {
    const found = roomId.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return roomId.length - suffix.length >= from && roomId.endsWith(suffix);
}
