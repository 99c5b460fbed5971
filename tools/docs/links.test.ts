import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../setup/paths.mjs';

/** Markdown of the repository, without recorded fixtures. New files count before they are committed. */
function documents(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', '*.md'];
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '' && !file.includes('/fixtures/') && existsSync(join(root, file)));
}

/** What a document links to inside the repository: no other site, and no heading of its own. */
function relativeLinks(markdown: string): string[] {
  const withoutCode = markdown.replace(/^```.*?^```/gms, '').replace(/^ {4}.*$/gm, '');
  const targets = [
    ...withoutCode.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g), // [text](target "title")
    ...withoutCode.matchAll(/^\[[^\]]+\]:\s*<?([^\s>]+)/gm), // [name]: target
  ].map(([, target = '']) => target);
  return targets.filter((target) => !/^([a-z][a-z\d+.-]*:|#)/i.test(target));
}

const deadLinks = (file: string): string[] =>
  relativeLinks(readFileSync(join(root, file), 'utf8')).filter((target) => {
    const [path = ''] = target.split(/[#?]/);
    return !existsSync(join(root, dirname(file), decodeURIComponent(path)));
  });

test.each(documents())('%s links only to what exists', (file) => {
  expect(deadLinks(file)).toEqual([]);
});

test('links are found in both notations, and nothing else is', () => {
  const markdown = [
    '[a](one.md) and [b](../two/three.ts#part "title"), [site](https://example.com), [here](#part)',
    '',
    '[c]: four.md',
    '',
    '    [indented](code.md)',
    '',
    '```md',
    '[fenced](code.md)',
    '```',
  ].join('\n');
  expect(relativeLinks(markdown)).toEqual(['one.md', '../two/three.ts#part', 'four.md']);
});
