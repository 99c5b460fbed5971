import type { z } from 'zod';
import { ParlorError } from '../errors.js';

const MAX_ISSUES = 3;

/** The value as its schema has it. @throws BAD_REQUEST naming what is wrong and where */
export function validate<S extends z.ZodType>(schema: S, value: unknown, name: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const named = issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => `${[name, ...path].map(String).join('.')}: ${message}`.slice(0, 300));
  const more = issues.length > MAX_ISSUES ? ` (and ${String(issues.length - MAX_ISSUES)} more)` : '';
  throw new ParlorError('BAD_REQUEST', named.join('; ') + more);
}
