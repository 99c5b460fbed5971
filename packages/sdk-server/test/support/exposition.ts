export type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: string;
  readonly samples: Sample[];
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*)$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?))$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

/** Figures in the text format of Prometheus, version 0.0.4, read without mercy. */
export class Exposition {
  readonly families = new Map<string, Family>();

  /** @throws Error naming what is wrong */
  constructor(text: string) {
    if (!text.endsWith('\n')) throw new Error('the last line must end with a line feed');
    let family: Family | undefined;
    let helped: string | undefined;
    for (const line of text.slice(0, -1).split('\n')) {
      if (line === '') continue;
      const help = HELP.exec(line);
      const type = TYPE.exec(line);
      if (help) helped = help[1];
      else if (type) family = this.#begin(type, helped);
      else family = this.#sample(line, family);
    }
    for (const { type, name, samples } of this.families.values())
      if (type === 'histogram') checkHistogram(name, samples);
  }

  /** What a series has; undefined: there is no such series. Labels that are not asked about may be anything. */
  value(name: string, labels: Labels = {}): number | undefined {
    const found = this.all(name).filter((sample) => has(sample.labels, labels));
    if (found.length > 1) throw new Error(`${name} has ${String(found.length)} series like that`);
    return found[0]?.value;
  }

  all(name: string): readonly Sample[] {
    const family = this.families.get(name) ?? this.families.get(name.replace(/_(bucket|sum|count)$/, ''));
    return family?.samples.filter((sample) => sample.name === name) ?? [];
  }

  #begin([, name = '', type = '']: RegExpExecArray, helped: string | undefined): Family {
    if (helped !== name) throw new Error(`${name} has no HELP of its own`);
    if (this.families.has(name)) throw new Error(`${name} is there twice`);
    if ((type === 'counter') !== name.endsWith('_total')) throw new Error(`${name} must not be a ${type}`);
    const family = { name, type, samples: [] };
    this.families.set(name, family);
    return family;
  }

  #sample(line: string, family: Family | undefined): Family {
    const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? fail(`not a sample: ${line}`);
    const names = family?.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    if (!family || !names.some((end) => `${family.name}${end}` === name))
      throw new Error(`out of place: ${line}`);
    const sample = { name, labels: parseLabels(labels), value: Number(value) };
    if (family.type === 'counter' && sample.value < 0) throw new Error(`a counter below 0: ${line}`);
    if (family.samples.some((other) => other.name === name && isSame(other.labels, sample.labels)))
      throw new Error(`twice: ${line}`);
    family.samples.push(sample);
    return family;
  }
}

function fail(message: string): never {
  throw new Error(message);
}

const has = (labels: Labels, wanted: Labels) =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

const isSame = (a: Labels, b: Labels) => has(a, b) && has(b, a);

function parseLabels(text: string): Labels {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    LABEL.lastIndex = at;
    const [, name = '', value = ''] = LABEL.exec(text) ?? fail(`not labels: ${text}`);
    if (name in labels) throw new Error(`the label ${name} is there twice: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
  }
  return labels;
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  for (const { labels, value: count } of samples.filter((sample) => sample.name === `${name}_count`)) {
    const buckets = samples.filter(
      (sample) => sample.name === `${name}_bucket` && has(sample.labels, labels),
    );
    const limits = buckets.map((bucket) => Number(bucket.labels['le']?.replace('+Inf', 'Infinity')));
    const counts = buckets.map(({ value }) => value);
    if (!isAscending(limits) || !isAscending(counts))
      throw new Error(`the buckets of ${name} are out of order`);
    if (limits.at(-1) !== Infinity || counts.at(-1) !== count)
      throw new Error(`the buckets of ${name} do not end with its count`);
  }
}

const isAscending = (values: readonly number[]) =>
  values.every((value, index) => value >= (values[index - 1] ?? -Infinity));
