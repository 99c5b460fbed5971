import { ParlorError } from '../errors.js';

/** The lines of a description by section, before anything is made of them. */
export interface RawDescription {
  session: Attributes;
  sections: RawSection[];
}

export interface RawSection {
  /** Of the `m=` line. */
  media: string;
  port: number;
  protocol: string;
  formats: string[];
  attributes: Attributes;
}

export interface SdpLimits {
  /** UTF-16 code units. */
  maxLength: number;
  maxSections: number;
}

/** More than any client needs that has not been told of others' media; a room makes them grow. */
export const FIRST_LIMITS: SdpLimits = { maxLength: 64 * 1024, maxSections: 64 };

export const invalid = (message: string): ParlorError => new ParlorError('SDP_INVALID', `SDP: ${message}`);

/** The `a=` lines of one section by name, each name's values in their order. */
export class Attributes {
  readonly #values = new Map<string, string[]>();

  add(name: string, value: string): void {
    const values = this.#values.get(name);
    if (values) values.push(value);
    else this.#values.set(name, [value]);
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  first(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }
}

const LINE = /^([a-z])=([^\p{Cc}]*)$/u;
const MEDIA = /^([a-z]{1,32}) (\d{1,5})(?:\/\d+)? ([A-Za-z0-9/]{1,32})((?: [!-~]{1,64})*)$/;
/** No client lists more codecs; every one is looked at. */
const MAX_FORMATS = 128;

/** @throws SDP_INVALID */
export function readLines(text: string, { maxLength, maxSections }: SdpLimits): RawDescription {
  if (text.length > maxLength) throw invalid(`longer than ${String(maxLength)} characters`);
  const session = new Attributes();
  const sections: RawSection[] = [];
  let current = session;
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  if (lines[0]?.trim() !== 'v=0') throw invalid('the first line must be "v=0"');
  for (const line of lines) {
    const [, type, value = ''] = LINE.exec(line.trimEnd()) ?? [];
    if (type === undefined) throw invalid(`not a line: ${JSON.stringify(line.slice(0, 40))}`);
    if (type === 'm') {
      if (sections.length === maxSections) throw invalid(`more than ${String(maxSections)} media sections`);
      const section = readMedia(value);
      sections.push(section);
      current = section.attributes;
    } else if (type === 'a') {
      const colon = value.indexOf(':');
      if (colon < 0) current.add(value, '');
      else current.add(value.slice(0, colon), value.slice(colon + 1).trim());
    }
  }
  if (sections.length === 0) throw invalid('no media section: add a transceiver or a data channel first');
  return { session, sections };
}

function readMedia(value: string): RawSection {
  const [, media, port, protocol, formats] = MEDIA.exec(value) ?? [];
  if (media === undefined || protocol === undefined || formats === undefined || Number(port) > 65_535)
    throw invalid(`not a media line: ${JSON.stringify(value.slice(0, 60))}`);
  const list = formats.split(' ').filter(Boolean);
  if (list.length > MAX_FORMATS) throw invalid(`more than ${String(MAX_FORMATS)} formats in a section`);
  return { media, port: Number(port), protocol, formats: list, attributes: new Attributes() };
}
