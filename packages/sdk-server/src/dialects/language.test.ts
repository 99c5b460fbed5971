import { describe, expect, test } from 'vitest';
import { languageOf } from './language.js';

describe('languageOf', () => {
  test.each([
    [undefined, 'zh'],
    ['', 'zh'],
    ['*', 'zh'],
    ['zh-CN,zh;q=0.9', 'zh'],
    ['zh-Hant-TW', 'zh'],
    ['ja', 'ja'],
    ['RU-ru', 'ru'],
    ['fr-CA, fr;q=0.9, en;q=0.8', 'fr'],
    ['en-US,en;q=0.5', 'en'],
    ['de, ja;q=0.3, ru;q=0.7', 'ru'],
    ['de-DE, es', 'en'],
    ['fr;q=0, ja;q=0.1', 'ja'],
    ['fr;q=2, ja;q=0.1', 'ja'],
    ['fr;q=nonsense, ru', 'ru'],
    [';;;,,,', 'zh'],
    ['x'.repeat(100_000), 'en'],
  ])('%s: %s', (header, language) => {
    const headers = new Headers(header === undefined ? {} : { 'accept-language': header });
    expect(languageOf(headers, 'zh')).toBe(language);
  });
});
