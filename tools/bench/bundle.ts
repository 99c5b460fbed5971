import { build } from 'esbuild';
import { gzipSync } from 'node:zlib';
import type { Bench } from './harness/Bench.js';
import { benchDir } from './harness/compile.js';
import { judge } from './harness/verdict.js';

const bounds = { goal: { atMost: 60 }, gate: { atMost: 60 } };

/** Everything that a package exports, minified and gzipped at level 9, in units of 1000 bytes. */
async function sizeOf(name: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${name}';`, resolveDir: benchDir, sourcefile: 'all.js' },
    write: false,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  });
  const [output] = outputFiles;
  if (!output) throw new Error(`nothing came out for ${name}`);
  return gzipSync(output.contents, { level: 9 }).length / 1000;
}

const exactly = (value: number) => ({ median: value, min: value, max: value });

/** What the client SDK adds to a page. */
export const bundle: Bench = {
  name: 'bundle',
  about: 'the whole client SDK, minified (esbuild) and gzipped (level 9); kB of 1000 bytes',
  async run() {
    const size = await sizeOf('@parlor/sdk-client');
    return {
      measurements: [
        {
          name: 'client with mediasoup-client in it',
          unit: 'kB',
          value: exactly(size),
          ...bounds,
          verdict: judge(size, bounds),
        },
      ],
      details: [
        { name: 'mediasoup-client alone', unit: 'kB', value: exactly(await sizeOf('mediasoup-client')) },
      ],
    };
  },
};
