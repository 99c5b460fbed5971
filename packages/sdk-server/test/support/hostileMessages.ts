import fc from 'fast-check';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Where a mutation strikes: the n-th member of the message, counted through all its depths. */
export interface Mutation {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'add' | 'wrap' | 'double';
  readonly value: Json;
}

/** Values that programs trip over. */
const nasty: Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  '',
  ' ',
  '0',
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  'x'.repeat(5000),
  [],
  {},
  [[]],
  { __proto__: null, length: -1 },
  JSON.parse('{"__proto__":{"polluted":true}}') as Json,
  JSON.parse('['.repeat(60) + ']'.repeat(60)) as Json,
];

export const anyValue: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...nasty) },
  { weight: 1, arbitrary: fc.integer() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json> },
);

export const mutations = (max: number): fc.Arbitrary<Mutation[]> =>
  fc.array(
    fc.record({
      at: fc.nat(200),
      how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'wrap', 'double'),
      value: anyValue,
    }),
    { minLength: 1, maxLength: max },
  );

/** Every member of a value: which object or array holds it, and under which key. */
function members(value: Json): { holder: Json[] | Record<string, Json>; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [{ holder: value, key }, ...members(member)]);
}

/** A changed copy of `message`. */
export function mutate(message: unknown, changes: readonly Mutation[]): Json {
  const root = JSON.parse(JSON.stringify([message])) as Json[];
  for (const { at, how, value: shared } of changes) {
    const value = structuredClone(shared);
    const all = members(root);
    const target = all[at % all.length];
    if (!target) continue;
    const holder = target.holder as Record<string, Json>;
    const { key } = target;
    const now = holder[key] ?? null;
    if (how === 'replace') holder[key] = value;
    else if (how === 'wrap') holder[key] = [now];
    else if (how === 'remove' && target.holder !== root) remove(target.holder, key);
    else if (how === 'add' && typeof now === 'object' && now !== null) add(now, value);
    else if (how === 'double' && Array.isArray(target.holder)) target.holder.push(now);
  }
  return root[0] ?? null;
}

function remove(holder: Json[] | Record<string, Json>, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}

function add(target: Json[] | Record<string, Json>, value: Json): void {
  if (Array.isArray(target)) target.push(value);
  else target[typeof value === 'string' ? value.slice(0, 20) : 'added'] = value;
}

/** Text that gives away how the server is built. */
export const STACK_TEXT = /\n\s+at |\bat \S+ \(|node_modules|\.[tj]s:\d+/;
