import fc from 'fast-check';

/** A JSON text; what it says is what JSON.parse makes of it. */
export type Json = string;

const SHORT = new Map(Object.entries({ '\n': '\\n', '\r': '\\r', '"': '\\"', '\\': '\\\\', '/': '\\/' }));

/** Text with much of what JSON can write in more than one way. */
const text = fc
  .array(fc.oneof(fc.constantFrom(...SHORT.keys(), 'é', '😀', '{', ']'), fc.string({ unit: 'binary' })))
  .map((parts) => parts.join(''));

/** `value`, or else any string, in one of the many ways in which JSON may write it. */
export const spelled = (value: fc.Arbitrary<string> = text): fc.Arbitrary<{ value: string; literal: Json }> =>
  fc
    .tuple(value, fc.array(fc.constantFrom('unicode', 'short', 'plain', 'plain'), { minLength: 1 }))
    .map(([value, ways]) => ({
      value,
      literal: `"${[...value].map((char, index) => written(char, ways[index % ways.length])).join('')}"`,
    }));

function written(char: string, way: string | undefined): string {
  if (way === 'unicode') return char.split('').map(escaped).join('');
  const short = way === 'short' ? SHORT.get(char) : undefined;
  return short ?? JSON.stringify(char).slice(1, -1);
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

export const literal = (value: string): fc.Arbitrary<Json> =>
  spelled(fc.constant(value)).map(({ literal }) => literal);

/** An object of members that may come in any order, with space between. */
export const objectOf = (members: fc.Arbitrary<{ name: Json; value: Json }[]>): fc.Arbitrary<Json> =>
  fc
    .tuple(members, fc.constantFrom('', ' ', '\n\t'))
    .chain(([members, gap]) =>
      fc
        .shuffledSubarray(members, { minLength: members.length })
        .map(
          (shuffled) =>
            `{${gap}${shuffled.map(({ name, value }) => `${name}${gap}:${gap}${value}`).join(`${gap},`)}}`,
        ),
    );
