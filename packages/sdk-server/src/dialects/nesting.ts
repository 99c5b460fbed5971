import { endOfString } from './jsonText.js';

const QUOTE = 0x22;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Whether arrays and objects of a JSON text (RFC 8259) are nested more than `max` deep. One pass without parsing,
 * because what comes after the parser (validation, cloning, printing) walks values recursively.
 */
export function isNestedDeeperThan(max: number, json: string): boolean {
  // Most messages have fewer brackets than they may have levels, and counting those costs next to nothing.
  if (count(json, '{', max) + count(json, '[', max) <= max) return false;
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    switch (json.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(json, i);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++depth > max) return true;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
        break;
    }
  }
  return false;
}

/** How often `bracket` occurs, in strings too; no further than one more than `max`. */
function count(json: string, bracket: string, max: number): number {
  let found = 0;
  for (let at = json.indexOf(bracket); at !== -1 && found <= max; at = json.indexOf(bracket, at + 1)) found++;
  return found;
}
