/** Backgrounds on which white text has a contrast of at least 4.5:1 (WCAG 2.2 §1.4.3). */
export const AVATAR_COLORS = [
  '#a3343f',
  '#9a4313',
  '#7d5700',
  '#4c6a12',
  '#1f6f43',
  '#0b6e74',
  '#17649a',
  '#3f56c4',
  '#6546c0',
  '#86389f',
  '#a02f73',
  '#5c6470',
] as const;

/** Up to two letters for a person without a picture: of the first and the last word of the name. */
export const initials = (name: string): string => {
  const words = name
    .trim()
    .split(/[\s_.-]+/u)
    .filter(Boolean);
  const first = words[0];
  if (first === undefined) return '?';
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return (firstLetter(first) + (last === undefined ? '' : firstLetter(last))).toLocaleUpperCase();
};

/** The first grapheme, so that an emoji or an accented letter stays whole. */
const firstLetter = (word: string): string => {
  const [segment] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word);
  return segment?.segment ?? '';
};

/** The same colour for the same id on every screen. */
export const avatarColor = (id: string): string => {
  let hash = 0;
  for (const char of id) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) | 0;
  return AVATAR_COLORS[Math.abs(hash) % AVATAR_COLORS.length] ?? AVATAR_COLORS[0];
};
