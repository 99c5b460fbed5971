import { build } from 'esbuild';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const benchDir = fileURLToPath(new URL('..', import.meta.url));
export const compiledDir = join(benchDir, '.compiled');

const compiled = new Map<string, Promise<string>>();

/**
 * Compiles an arm, once: another process may be reading it. Packages stay outside: the SDKs run as they were built, and as
 * npm would install them.
 */
export function compile(source: string): Promise<string> {
  const file = compiled.get(source) ?? write(source);
  compiled.set(source, file);
  return file;
}

async function write(source: string): Promise<string> {
  const outfile = join(compiledDir, basename(source).replace(/\.ts$/, '.mjs'));
  await build({
    entryPoints: [join(benchDir, source)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  return outfile;
}

/** Bundles a page's script: everything in one file, the SDK as it was built. */
export async function compilePage(source: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(benchDir, source)],
    write: false,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
    // Chunks of the SDK import each other for their order alone, which they say themselves does not matter.
    logOverride: { 'ignored-bare-import': 'silent' },
  });
  return outputFiles[0]?.text ?? '';
}
