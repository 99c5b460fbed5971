import { build } from 'esbuild';
import { gzipSync } from 'node:zlib';
import type { Bench } from './harness/Bench.js';
import { benchDir } from './harness/compile.js';
import { judge } from './harness/verdict.js';

const bounds = { goal: { atMost: 60 }, gate: { atMost: 60 } };

interface Sizes {
  /** What a page loads at once. */
  initial: number;
  /** What is loaded when it is needed. */
  later: number;
}

/** Everything that a package exports, minified and each file gzipped at level 9, in units of 1000 bytes. */
async function sizesOf(name: string): Promise<Sizes> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from '${name}';`, resolveDir: benchDir, sourcefile: 'all.js' },
    write: false,
    bundle: true,
    minify: true,
    splitting: true,
    metafile: true,
    outdir: benchDir,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  });
  const files = Object.entries(metafile.outputs);
  const needed = new Set<string>();
  const need = (path: string): void => {
    if (needed.has(path)) return;
    needed.add(path);
    for (const { path: other, kind } of metafile.outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') need(other);
    }
  };
  for (const [path, { entryPoint }] of files) if (entryPoint?.endsWith('all.js')) need(path);
  if (needed.size === 0) throw new Error(`nothing came out for ${name}`);
  const total = (wanted: boolean): number =>
    files
      .map(([path], index) => (needed.has(path) === wanted ? outputFiles[index]?.contents : undefined))
      .reduce((sum, contents) => sum + (contents ? gzipSync(contents, { level: 9 }).length : 0), 0) / 1000;
  return { initial: total(true), later: total(false) };
}

const exactly = (value: number) => ({ median: value, min: value, max: value });

/** What the client SDK adds to a page. */
export const bundle: Bench = {
  name: 'bundle',
  about: 'the client SDK as a page loads it, minified (esbuild) and gzipped (level 9); kB of 1000 bytes',
  async run() {
    const { initial, later } = await sizesOf('@parlor/sdk-client');
    const alone = await sizesOf('mediasoup-client');
    return {
      measurements: [
        {
          name: 'client with mediasoup-client in it',
          unit: 'kB',
          value: exactly(initial),
          ...bounds,
          verdict: judge(initial, bounds),
        },
      ],
      details: [
        {
          name: 'what is loaded later: changing paths, P2P, repairs, statistics',
          unit: 'kB',
          value: exactly(later),
        },
        { name: 'mediasoup-client alone', unit: 'kB', value: exactly(alone.initial) },
      ],
    };
  },
};
