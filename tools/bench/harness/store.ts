import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './Bench.js';
import { benchDir } from './compile.js';
import { page } from './report.js';
import type { Results } from './result.js';

export const resultFiles = { json: join(benchDir, 'RESULTS.json'), markdown: join(benchDir, 'RESULTS.md') };

/** Puts new results in the place of older ones of the same benchmarks, and writes both files. */
export function store(fresh: Results, benches: readonly Bench[]): Results {
  const { json, markdown } = resultFiles;
  const older = existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as Results) : {};
  const results = { ...older, ...fresh };
  writeFileSync(json, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(markdown, page(results, benches));
  return results;
}
