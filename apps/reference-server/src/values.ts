import { z } from 'zod';

/** Settings arrive as text, from flags and from the environment. */

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: ({ input }) =>
        `must be a whole number from ${String(min)} to ${String(max)}, not ${JSON.stringify(input)}`,
    })
    .transform(Number);

export const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, { error: ({ input }) => `must be ${words.join(' or ')}, not ${JSON.stringify(input)}` });

export const yesOrNo = z.stringbool({
  error: ({ input }) => `must be "true" or "false", not ${JSON.stringify(input)}`,
});

export const isUrlOf = (url: string, schemes: readonly string[]): boolean =>
  schemes.some((scheme) => new RegExp(`^${scheme}:[^\\s/]+$`).test(url));

/** `a, b` -> `['a', 'b']`, each beginning with one of the schemes. */
export const urlList = (schemes: readonly string[]) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((url) => url.trim())
        .filter((url) => url !== ''),
    )
    .refine((urls) => urls.every((url) => isUrlOf(url, schemes)), {
      error: `must be URLs like ${schemes.map((scheme) => `${scheme}:example.org:3478`).join(' or ')}, separated by commas`,
    });

/** Durations of the command line: `90s`, `30m`, `6h`, `7d`, or seconds. */
export const duration = z
  .string()
  .regex(/^[1-9]\d{0,8}[smhd]?$/, 'must be a duration like 90s, 30m, 6h or 7d')
  .transform((text) => {
    const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[text.at(-1) ?? ''] ?? 1;
    return Number.parseInt(text, 10) * unit;
  });
