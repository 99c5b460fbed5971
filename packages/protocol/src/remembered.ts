import { dequal } from 'dequal/lite';
import { z } from 'zod';

/** Values whose JSON text is longer are checked each time; UTF-16 code units. */
const MAX_TEXT = 16 * 1024;
/** Browsers in use at one time differ less than this. */
const MAX_ENTRIES = 64;

export interface RememberedOptions {
  /** Its name in documents that are made from it. */
  readonly id?: string;
  /** Whether others may have the same: what is one's own is checked each time. Default: they may. */
  readonly isCommon?: (value: unknown) => boolean;
}

/**
 * A schema that remembers what it has passed: for what is long and the same for many clients, where looking it up costs a
 * fourth of checking it. They share the result, which is frozen.
 */
export function remembered<S extends z.ZodType>(
  schema: S,
  { id, isCommon = () => true }: RememberedOptions = {},
): z.ZodType<z.output<S>, z.input<S>> {
  const passed = new Passed<z.output<S>>();
  // A custom schema says nothing of itself: documents made from it show what the inner one takes.
  const shape = z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>;
  delete shape['$schema'];
  return z
    .custom<z.input<S>>()
    .meta({ ...shape, ...(id !== undefined && { id }) })
    .transform((value, context): z.output<S> => {
      const known = isCommon(value) ? passed.find(value) : undefined;
      if (known) return known.result;
      const checked = schema.safeParse(value);
      if (!checked.success) {
        for (const { path, message } of checked.error.issues)
          context.addIssue({ code: 'custom', path: [...path], message });
        return z.NEVER;
      }
      if (isCommon(value)) passed.add(value, checked.data);
      return checked.data;
    });
}

interface Entry<T> {
  readonly value: unknown;
  readonly result: T;
}

class Passed<T> {
  /** The one that was asked for last comes first. */
  readonly #entries: Entry<T>[] = [];

  find(value: unknown): Entry<T> | undefined {
    const index = this.#entries.findIndex((entry) => dequal(entry.value, value));
    const found = this.#entries[index];
    if (found && index > 0) {
      this.#entries.splice(index, 1);
      this.#entries.unshift(found);
    }
    return found;
  }

  add(value: unknown, result: T): void {
    const text = JSON.stringify(value);
    if (text.length > MAX_TEXT) return;
    if (this.#entries.length >= MAX_ENTRIES) this.#entries.pop();
    // A copy: the value is its owner's.
    this.#entries.unshift({ value: JSON.parse(text), result: deepFreeze(result) });
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
