export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

const CANDIDATE = /\b(?:https?:\/\/|www\.)[^\s<>"']+/giu;
const TRAILING = /[.,;:!?…*_~]+$/u;

/**
 * Splits a message into text and links, so that it can be rendered without `innerHTML`. Only http and https
 * become links; the texts of all segments together are the message.
 */
export const linkify = (message: string): Segment[] => {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of message.matchAll(CANDIDATE)) {
    const text = trimmed(match[0]);
    const href = hrefOf(text);
    if (href === undefined) continue;
    if (match.index > end) segments.push({ kind: 'text', text: message.slice(end, match.index) });
    segments.push({ kind: 'link', text, href });
    end = match.index + text.length;
  }
  if (end < message.length) segments.push({ kind: 'text', text: message.slice(end) });
  return segments;
};

/** Without the punctuation of the sentence around it: a closing bracket belongs to the link only if it opened there. */
const trimmed = (candidate: string): string => {
  let text = candidate;
  for (;;) {
    const shorter = text.replace(TRAILING, '');
    const last = shorter.at(-1);
    const unbalanced =
      (last === ')' && count(shorter, ')') > count(shorter, '(')) ||
      (last === ']' && count(shorter, ']') > count(shorter, '['));
    const next = unbalanced ? shorter.slice(0, -1) : shorter;
    if (next === text) return text;
    text = next;
  }
};

const count = (text: string, char: string): number => text.split(char).length - 1;

const hrefOf = (text: string): string | undefined => {
  const address = /^www\./iu.test(text) ? `https://${text}` : text;
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
};
