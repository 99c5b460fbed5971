import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Bench } from './Bench.js';
import { benchDir } from './compile.js';
import { page } from './report.js';
import type { Results } from './result.js';

export const resultFiles = { json: join(benchDir, 'RESULTS.json'), markdown: join(benchDir, 'RESULTS.md') };

/** Puts new results in the place of older ones of the same benchmarks, and writes both files without those that there are no more. */
export async function store(fresh: Results, benches: readonly Bench[]): Promise<void> {
  const { json, markdown } = resultFiles;
  const older = existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as Results) : {};
  const all: Results = { ...older, ...fresh };
  const results: Results = {};
  for (const { name } of benches) if (all[name]) results[name] = all[name];
  await write(json, JSON.stringify(results));
  await write(markdown, page(results, benches));
}

async function write(file: string, text: string): Promise<void> {
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
