const BACKSLASH = 0x5c;

/**
 * How `value` is written in a JSON text (RFC 8259) that has it as a string: the one literal that is long enough, where
 * that makes up more than half of the text. Undefined where it does not.
 */
export function literalOf(value: string, json: string): string | undefined {
  // Escapes are longer than what they stand for, and there are two quotes.
  const least = value.length + 2;
  if (2 * least <= json.length) return undefined;
  for (let start = json.indexOf('"'); start !== -1;) {
    const end = endOfString(json, start);
    if (end - start + 1 >= least) return json.slice(start, end + 1);
    start = json.indexOf('"', end + 1);
  }
  return undefined;
}

/** Index of the quote that ends the string starting at `start`; the text's length when it does not end. */
export function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}
