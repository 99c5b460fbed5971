import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { HELP, SETTINGS_TABLE } from './help.js';

it('--help lists every setting', () => {
  expect(HELP).toMatchSnapshot();
});

it('the README has the same settings', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  // Prettier aligns the table; only its words count.
  const words = (text: string) => text.replace(/[ -]+/g, ' ');
  expect(words(readme)).toContain(words(SETTINGS_TABLE));
});
