import fc from 'fast-check';
import { captures } from './captures.js';

const texts = Object.values(captures);

/** Numbers around every bound that a description has. */
const NUMBERS = [
  '0',
  '-1',
  '1',
  '14',
  '15',
  '63',
  '64',
  '95',
  '96',
  '127',
  '128',
  '300',
  '4096',
  '4294967295',
  '4294967296',
  '1e9',
  '99999999999999999999',
];
const WORDS = [
  '*',
  ';',
  ' ',
  '',
  '__proto__',
  'BUNDLE',
  'send',
  'inactive',
  'apt=',
  'a=',
  'm=',
  '\u0000',
  'ü',
  '\uD800',
];

export type Mutation = (lines: string[]) => string[];

const at = <T>(list: readonly T[], index: number): T => list[index % list.length]!;

const lineNumber = fc.nat(400);

/** One change of a description, mostly a small one: what is far off is refused at once. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  lineNumber.map((n) => (lines: string[]) => lines.filter((_line, index) => index !== n % lines.length)),
  lineNumber.map((n) => (lines: string[]) => lines.toSpliced(n % lines.length, 0, at(lines, n))),
  fc.tuple(lineNumber, lineNumber).map(([from, to]) => (lines: string[]) => {
    const moved = at(lines, from);
    return lines.filter((line) => line !== moved).toSpliced(to % lines.length, 0, moved);
  }),
  fc
    .tuple(lineNumber, fc.nat(5), fc.constantFrom(...NUMBERS))
    .map(([n, which, number]) => (lines: string[]) => {
      let count = 0;
      return lines.with(
        n % lines.length,
        at(lines, n).replace(/\d+/g, (found) => (count++ === which ? number : found)),
      );
    }),
  fc
    .tuple(lineNumber, fc.nat(60), fc.constantFrom(...WORDS))
    .map(([n, column, word]) => (lines: string[]) => {
      const line = at(lines, n);
      return lines.with(n % lines.length, line.slice(0, column) + word + line.slice(column));
    }),
  fc.tuple(lineNumber, fc.nat(60)).map(
    ([n, length]) =>
      (lines: string[]) =>
        lines.with(n % lines.length, at(lines, n).slice(0, length)),
  ),
  fc.tuple(lineNumber, fc.nat(200)).map(
    ([n, times]) =>
      (lines: string[]) =>
        lines.toSpliced(n % lines.length, 0, ...Array.from({ length: times }, () => at(lines, n))),
  ),
  fc.string({ unit: 'binary', maxLength: 80 }).map((text) => (lines: string[]) => [...lines, text]),
);

/** Descriptions of real clients with some changes. */
export const hostileSdp: fc.Arbitrary<string> = fc
  .tuple(fc.nat(texts.length - 1), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([index, mutations]) =>
    mutations
      .reduce((lines, change) => (lines.length > 0 ? change(lines) : lines), at(texts, index).split('\r\n'))
      .join('\r\n'),
  );
