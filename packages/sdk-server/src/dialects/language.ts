/** The languages of the source documents, and English. */
export const LANGUAGES = ['zh', 'ja', 'ru', 'fr', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Of whoever asks for languages that are not here. */
const OTHERWISE: Language = 'en';

const MAX_HEADER = 1000;

/**
 * The best language for an `Accept-Language` header (RFC 9110 §12.5.4; RFC 4647 §3.4 for regions and scripts).
 *
 * @param unsaid Of whoever says nothing: that of the document which the clients of a dialect were written after.
 */
export function languageOf(headers: Headers, unsaid: Language): Language {
  const ranges = (headers.get('accept-language') ?? '')
    .slice(0, MAX_HEADER)
    .split(',')
    .map(parseRange)
    .filter(({ range, quality }) => range !== '' && quality > 0)
    // Stable: of those that are wanted equally, the first.
    .sort((a, b) => b.quality - a.quality);
  if (ranges.length === 0) return unsaid;
  for (const { range } of ranges) {
    if (range === '*') return unsaid;
    const known = LANGUAGES.find((language) => language === range.split('-')[0]);
    if (known) return known;
  }
  return OTHERWISE;
}

function parseRange(text: string): { range: string; quality: number } {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { range, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}
