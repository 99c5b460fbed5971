import { build } from 'esbuild';

/**
 * Bundles a script for a page of a test. SDKs are taken from their source. What the script exports is on
 * `window.<name>`.
 */
export async function bundlePage(entry: string, name = 'page'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: name,
    target: 'es2022',
    conditions: ['@parlor/source', 'browser'],
  });
  return outputFiles.map(({ text }) => text).join('\n');
}
