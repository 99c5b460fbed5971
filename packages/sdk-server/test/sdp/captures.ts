import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('./captures/', import.meta.url);

/** First offers (and one later offer) of real clients, by name. */
export const captures: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(folder)
    .filter((file) => file.endsWith('.sdp'))
    .map((file) => [file.replace(/\.sdp$/, ''), readFileSync(new URL(file, folder), 'utf8')]),
);

export function capture(name: string): string {
  const text = captures[name];
  if (text === undefined) throw new Error(`no capture ${name}`);
  return text;
}
