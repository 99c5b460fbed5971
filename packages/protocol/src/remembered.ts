import { z } from 'zod';

/** Values whose JSON text is longer are checked each time; UTF-16 code units. */
const MAX_TEXT = 16 * 1024;
/** Browsers in use at one time differ less than this. */
const MAX_ENTRIES = 64;

/**
 * A schema that remembers what it has passed, by its JSON text: for what is long and the same for many clients. They
 * share the result, which is frozen.
 *
 * @param id Its name in documents that are made from it.
 */
export function remembered<S extends z.ZodType>(schema: S, id?: string): z.ZodType<z.output<S>, z.input<S>> {
  const passed = new Map<string, z.output<S>>();
  // A custom schema says nothing of itself: documents made from it show what the inner one takes.
  const shape = z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>;
  delete shape['$schema'];
  return z
    .custom<z.input<S>>()
    .meta({ ...shape, ...(id !== undefined && { id }) })
    .transform((value, context): z.output<S> => {
      const text = JSON.stringify(value);
      const known = passed.get(text);
      if (known !== undefined) return known;
      const result = schema.safeParse(value);
      if (!result.success) {
        for (const { path, message } of result.error.issues)
          context.addIssue({ code: 'custom', path: [...path], message });
        return z.NEVER;
      }
      if (text.length > MAX_TEXT) return result.data;
      const [oldest] = passed.keys();
      if (passed.size >= MAX_ENTRIES && oldest !== undefined) passed.delete(oldest);
      passed.set(text, deepFreeze(result.data));
      return result.data;
    });
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
